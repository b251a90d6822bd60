import { engine, threadsFor } from "@sluice/compute";
import type { Target } from "@sluice/contract/job";
import { randomId } from "../ids.ts";
import { lanes } from "../lanes/table.ts";
import { boundedText } from "../lifecycle/bounded-text.ts";
import { claimed } from "../lifecycle/transitions.ts";
import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { timing } from "../timing.ts";
import { onceWritten } from "./overtaken.ts";

/** What a job needs to know of the machine that runs it. */
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

/** Threads for a computation: one where the machine does not know its vCPUs. */
export const threadsOf = ({ vcpu = 1 }: Machine): number => threadsFor(vcpu);

/** Names exactly what does the arithmetic here. */
export function engineText(machine: Machine): string {
  const threads = threadsOf(machine);
  const words = [engine.name, engine.version, engine.kernel];
  return boundedText([...words, ...(threads > 1 ? [`${threads} threads`] : [])].join(" "));
}

/**
 * One conditional update that answers the job: the claim is the read.
 *
 * @returns undefined when the job has another dispatch by now, or is not PENDING
 */
export async function claim(
  jobId: string,
  dispatch: number,
  machine: Machine,
  ports: Pick<Ports, "store" | "log" | "now">,
): Promise<Job | undefined> {
  const startedAt = ports.now();
  const { taskArn, target } = machine;
  const attempt = {
    dispatch,
    target,
    engine: engineText(machine),
    startedAt,
    ...(taskArn === undefined ? {} : { taskArn }),
  };
  const changes = claimed(randomId(), leaseOf(machine, startedAt), attempt);
  const written = await onceWritten(dispatch, () =>
    ports.store.update(jobId, { dispatch, status: "PENDING" }, changes, attempt),
  );
  // A lost claim finds a job that has moved on: the log keeps this machine's own dispatch.
  if (written.job) ports.log.addContext({ ...logContext(written.job), dispatch });
  if (written.ok) return written.job;
  const found = written.job && { status: written.job.status, currentDispatch: written.job.dispatch };
  ports.log.info("job is not ours to run", { jobId, dispatch, ...found });
  return undefined;
}

/** When the lease of this machine expires. A function is certainly dead soon after its time-out, so that caps it. */
export function leaseOf({ target, killedAt = Infinity }: Machine, now: number): number {
  return Math.min(now + lanes[target].lease, killedAt + timing.lambdaLeaseSlack);
}
