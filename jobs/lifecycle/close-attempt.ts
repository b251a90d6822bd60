import { lanes } from "../lanes/table.ts";
import type { Attempt, AttemptOutcome, Job } from "../record.ts";

/** The attempts with the open one closed; unchanged when none is open. */
export function closeAttempt(job: Job, now: number, outcome: AttemptOutcome, reason: string): Attempt[] {
  return job.attempts.map((attempt) => {
    if (attempt.endedAt !== undefined) return attempt;
    const { memoryMiB } = job.route;
    const vcpu = lanes[attempt.target].vcpu(job.route);
    return { ...attempt, endedAt: now, outcome, reason, memoryMiB, vcpu };
  });
}
