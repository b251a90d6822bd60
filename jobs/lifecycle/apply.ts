import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { afterWrite } from "./completion.ts";
import type { Evidence } from "./evidence.ts";
import { next } from "./next.ts";
import type { Decision } from "./transitions.ts";

/** How often a decision is made anew because the job moved meanwhile: beats come every 15 s. */
const rounds = 5;

/**
 * Brings evidence to a job: decide, write on the condition that the job is still the one decided about,
 * then act. Losing the write means somebody else moved the job, so the evidence is weighed again.
 *
 * @returns the job as it stands, and whether this evidence changed it; undefined when there is no such job
 */
export async function apply(
  seen: Job,
  evidence: Evidence,
  ports: Pick<Ports, "store" | "queue" | "tasks" | "log" | "metrics" | "events" | "now" | "settings">,
): Promise<{ job: Job; changed: boolean } | undefined> {
  let job = seen;
  for (let round = 0; round < rounds; round++) {
    ports.log.addContext(logContext(job));
    const decision = next(job, evidence, ports.now(), ports.settings);
    if (!decision) return { job, changed: false };
    const written = await ports.store.update(job.jobId, { rev: job.rev }, decision.changes);
    if (written.ok) {
      ports.log.addContext(logContext(written.job));
      const { jobId, dispatch, status, statusReason } = written.job;
      ports.log.info("job moved", { jobId, dispatch, status, statusReason, evidence: evidence.kind });
      await act(decision, written.job, ports);
      if (decision.taskFailed) ports.metrics.put({ TasksFailed: 1 });
      await afterWrite(written.job, ports);
      return { job: written.job, changed: true };
    }
    if (!written.job) return undefined;
    job = written.job;
  }
  throw new Error(`job ${job.jobId} moved ${rounds} times while ${evidence.kind} was decided about`);
}

/** An effect that fails is made good by sweep: the state that demands it is already written. */
async function act(
  decision: Decision,
  job: Job,
  ports: Pick<Ports, "store" | "queue" | "tasks" | "log" | "now">,
): Promise<void> {
  for (const effect of decision.effects) {
    try {
      if (effect.kind === "send") await ports.queue.send(effect.message, job.trace);
      else await ports.tasks.stop(effect.taskArn, effect.reason);
    } catch (error) {
      const { jobId, dispatch } = job;
      ports.log.error(`${effect.kind} failed; sweep will see to it`, { jobId, dispatch, error });
      if (effect.kind === "send") await unsend(job, ports);
    }
  }
}

/** A message that never left is not one that nobody answered: it must not count towards not-delivered. */
async function unsend(job: Job, { store, now }: Pick<Ports, "store" | "now">): Promise<void> {
  const changes = { step: "send", dueAt: now(), unanswered: Math.max(0, job.unanswered - 1) } as const;
  await store.update(job.jobId, { rev: job.rev }, changes).catch(() => undefined);
}
