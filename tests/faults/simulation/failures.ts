import type { Attempt, Job } from "../../../jobs/record.ts";
import { limits } from "../../../jobs/timing.ts";
import type { Known } from "./watch.ts";

/**
 * Whether a job that FAILED had a right to: undefined, or what is wrong with it. A fault of ours may only fail
 * a job by using up its attempts, by its deadline, or by killing every delivery of its message.
 */
export function failedRightly(
  job: Job,
  runStart: number,
  known: Known & { readonly keptOnSpot: boolean },
  now: number,
): string | undefined {
  const { kind, needsMiB, body, parent } = known.scriptOf(job.jobId);
  const code = job.error?.code;
  const told = `${code}: ${job.error?.message}`;
  const wrongUnless = (right: boolean, why: string) => (right ? undefined : `${told}: ${why}`);
  switch (code) {
    case "compute-failed":
      return wrongUnless(kind === "fails numerically", `but it ${kind}`);
    case "deadline-exceeded":
    case "no-capacity":
      if (known.keptOnSpot) return `${told}: Spot was asked again and again, and on demand was free`;
      if (body.maxSeconds === undefined) return `${told}: it had six hours`;
      return wrongUnless(now >= job.deadlineAt, `${(job.deadlineAt - now) / 1000} s before its deadline`);
    case "out-of-memory":
      return wrongUnless(
        needsMiB > Math.min(known.largestMiB, job.route.memoryMiB) || lostMemory(job, runStart, known),
        `it needs ${needsMiB} MiB`,
      );
    case "input-failed":
      return wrongUnless(known.hasBeenUnlucky(parent), "but its parent never FAILED nor was it CANCELLED");
    case "not-delivered":
      return wrongUnless(known.hasDeadLetter(job.jobId), "but no message of it is a dead letter");
    case "attempts-exhausted":
      return exhausted(job, runStart, known, told);
    default:
      return `${told}: not a fault of this stage`;
  }
}

function lostMemory({ jobId }: Job, runStart: number, known: Known): boolean {
  const ofThisRun = known.tasksOf(jobId).filter(({ request }) => request.dispatch >= runStart);
  return ofThisRun.some(({ stop }) => /OutOfMemory/.test(stop?.stoppedReason ?? ""));
}

/** Counted and uncounted ends. A task that ended before its claim is none, but for want of memory. */
function exhausted(job: Job, runStart: number, known: Known, told: string): string | undefined {
  const attempts = job.attempts.filter(({ dispatch }) => dispatch >= runStart);
  const claimed = new Set(attempts.map(({ dispatch }) => dispatch));
  const tasks = known.tasksOf(job.jobId).filter(({ request }) => request.dispatch >= runStart);
  const unclaimed = tasks.filter(
    ({ request, stop }) => !claimed.has(request.dispatch) && /OutOfMemory/.test(stop?.stoppedReason ?? ""),
  ).length;
  const counted = attempts.filter(isCounted).length;
  const uncounted = attempts.length - counted;
  if (counted + unclaimed >= limits.countedAttempts) return undefined;
  if (uncounted >= limits.uncountedAttempts) return undefined;
  return `${told}: but only ${counted} counted and ${uncounted} other attempts, and ${unclaimed} tasks without the memory to start`;
}

function isCounted({ outcome, reason = "" }: Attempt): boolean {
  if (outcome === "released") return /time out/.test(reason);
  return outcome === "died" || outcome === "out-of-memory";
}
