import { engine, threadsFor } from "@sluice/compute";
import type { Target } from "@sluice/contract/job";
import { randomId } from "../ids.ts";
import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { timing } from "../timing.ts";

/** The machine that runs the job, as far as the job cares. */
export interface Machine {
  readonly target: Target;
  readonly taskArn?: string;
  /** vCPUs it has, where it knows. */
  readonly vcpu?: number;
  /** On Lambda: when the function is killed, epoch ms. It caps the lease and triggers a release. */
  readonly killedAt?: number;
  /** Aborted when the machine is being taken away (SIGTERM). */
  readonly signal?: AbortSignal;
}

/** One where the machine does not know its vCPUs. */
export const threadsOf = ({ vcpu = 1 }: Machine): number => threadsFor(vcpu);

/** Names exactly what does the arithmetic here. */
function engineText(machine: Machine): string {
  const threads = threadsOf(machine);
  return [engine.name, engine.version, engine.kernel, ...(threads > 1 ? [`${threads} threads`] : [])].join(
    " ",
  );
}

/** One conditional update that answers the job: the claim is the read. */
export async function claim(
  jobId: string,
  dispatch: number,
  machine: Machine,
  ports: Pick<Ports, "store" | "log" | "now">,
): Promise<Job | undefined> {
  const startedAt = ports.now();
  const worker = randomId();
  const leaseUntil = leaseOf(machine, startedAt);
  const { taskArn, target } = machine;
  const claimed = await ports.store.update(
    jobId,
    { dispatch, status: "PENDING" },
    {
      status: "PROCESSING",
      statusReason: `running on ${target}`,
      step: undefined,
      worker,
      leaseUntil,
      dueAt: leaseUntil,
      startedAt,
      refusals: 0,
      unanswered: 0,
      lineSince: undefined,
      ...(taskArn === undefined ? {} : { taskArn }),
    },
    {
      dispatch,
      target,
      engine: engineText(machine),
      startedAt,
      ...(taskArn === undefined ? {} : { taskArn }),
    },
  );
  // Of a claim that lost the job has moved on: this machine's own dispatch still names it.
  if (claimed.job) ports.log.addContext({ ...logContext(claimed.job), dispatch });
  if (claimed.ok) return claimed.job;
  const found = claimed.job && { status: claimed.job.status, currentDispatch: claimed.job.dispatch };
  ports.log.info("job is not ours to run", { jobId, dispatch, ...found });
  return undefined;
}

/** Until when this machine need not be heard of again. A function is dead for certain soon after its time-out. */
export function leaseOf({ killedAt }: Machine, now: number): number {
  if (killedAt === undefined) return now + timing.lease;
  return Math.min(now + timing.lambdaLease, killedAt + timing.lambdaLeaseSlack);
}

/** The clauses of every write a worker makes after its claim. */
export function ownedBy({ dispatch, worker }: Job) {
  if (worker === undefined) throw new Error("a claimed job has a worker");
  return { dispatch, status: "PROCESSING", worker } as const;
}
