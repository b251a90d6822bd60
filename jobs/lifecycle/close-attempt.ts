import { maxListedAttempts } from "@sluice/contract/limits";
import { attemptsUsd, timed } from "../cost/bill.ts";
import { lanes } from "../lanes/table.ts";
import type { AttemptOutcome, Job } from "../record.ts";
import { boundedText } from "./bounded-text.ts";

/**
 * The attempts with the open one closed, if there is one. Cancel and retry may go on for ever, so the earliest are
 * dropped from a list of more than `maxListedAttempts`: what they cost is kept. One run makes far fewer, so those of
 * the current run are all listed.
 */
export function closeAttempt(
  job: Job,
  now: number,
  outcome: AttemptOutcome,
  reason: string,
): Pick<Job, "attempts" | "droppedAttempts"> {
  const closed = job.attempts.map((attempt) => {
    if (attempt.endedAt !== undefined) return attempt;
    const { memoryMiB } = job.route;
    const vcpu = lanes[attempt.target].vcpu(job.route);
    return { ...attempt, endedAt: now, outcome, reason: boundedText(reason), memoryMiB, vcpu };
  });
  const excess = closed.length - maxListedAttempts;
  if (excess <= 0) return { attempts: closed };
  const { count, usd } = job.droppedAttempts ?? { count: 0, usd: 0 };
  const dropped = closed.slice(0, excess).map(timed);
  return {
    attempts: closed.slice(excess),
    droppedAttempts: {
      count: count + excess,
      usd: usd + attemptsUsd({ inputs: job.inputs, outputs: job.outputSpecs }, dropped),
    },
  };
}
