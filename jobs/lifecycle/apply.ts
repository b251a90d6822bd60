import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { afterTerminalWrite } from "./completion.ts";
import type { Evidence } from "./evidence.ts";
import { carryOut, write } from "./write.ts";

/** How often a decision is made anew because the job moved meanwhile: beats come every 15 s. */
const rounds = 5;

/**
 * Brings evidence to a job: decide, write on the condition that the job is still the one decided about,
 * then act. A lost write means that another writer moved the job, so the evidence is weighed again.
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
    const written = await write(job, evidence, ports);
    if (!written) return { job, changed: false };
    if (written.ok) {
      ports.log.addContext(logContext(written.job));
      await carryOut(written.transition, written.job, evidence, ports);
      if (written.transition.taskFailed) ports.metrics.put({ TasksFailed: 1 });
      await afterTerminalWrite(written.job, ports);
      return { job: written.job, changed: true };
    }
    if (!written.job) return undefined;
    job = written.job;
  }
  throw new Error(`job ${job.jobId} moved ${rounds} times while ${evidence.kind} was decided about`);
}
