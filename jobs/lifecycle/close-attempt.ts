import { lambdaVcpu } from "../cost/machines.ts";
import type { Attempt, AttemptOutcome, Job } from "../record.ts";

/** The attempts with the open one closed; unchanged when none is open. */
export function closeAttempt(job: Job, now: number, outcome: AttemptOutcome, reason: string): Attempt[] {
  return job.attempts.map((attempt) => {
    if (attempt.endedAt !== undefined) return attempt;
    const memoryMiB = job.route.memoryMiB;
    const vcpu = attempt.target === "lambda" ? lambdaVcpu(memoryMiB) : job.route.vcpu;
    return { ...attempt, endedAt: now, outcome, reason, memoryMiB, vcpu };
  });
}
