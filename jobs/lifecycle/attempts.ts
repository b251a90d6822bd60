import { escalated, oneSizeUp } from "../cost/route.ts";
import { lanes } from "../lanes/table.ts";
import type { AttemptOutcome, Job } from "../record.ts";
import type { Settings } from "../settings.ts";
import { backoff, limits, timing } from "../timing.ts";
import type { ReleaseCause } from "./evidence.ts";
import { failed, requeued, type Transition } from "./transitions.ts";

/** Decides what follows an attempt that ended without a result. */

export interface AttemptEnd {
  readonly outcome: AttemptOutcome;
  readonly reason: string;
  /** Counted: the job or its machine may be at fault. Uncounted: AWS or this service is. */
  readonly counted: boolean;
  /** Leave the lane or the size that did not work. */
  readonly move?: "escalate" | "size-up";
  readonly spot?: boolean;
}

/** Another attempt, or FAILED when there were enough. */
export function again(job: Job, end: AttemptEnd, now: number, settings: Settings): Transition {
  const countedAttempts = job.countedAttempts + (end.counted ? 1 : 0);
  const uncountedAttempts = job.uncountedAttempts + (end.counted ? 0 : 1);
  const tooMany = countedAttempts >= limits.countedAttempts || uncountedAttempts >= limits.uncountedAttempts;
  const route = moved(job, end, settings);
  if (end.move === "size-up" && !route) {
    const message = `out of memory with ${job.route.memoryMiB} MiB, the most this stage may use`;
    return failed(job, now, { code: "out-of-memory", message }, end.outcome);
  }
  // A larger machine is a new chance, and there are few sizes: it ends by itself at the largest, unless
  // an account's limit keeps sending it back to a smaller one.
  const mayGrow = end.move === "size-up" && countedAttempts < limits.sizeUps;
  if (tooMany && !mayGrow) {
    const tries = countedAttempts + uncountedAttempts;
    const message = `${tries} attempts ended without a result, the last one: ${end.reason}`;
    return failed(job, now, { code: "attempts-exhausted", message }, end.outcome);
  }
  const earlier = countedAttempts + uncountedAttempts - 1;
  const requeue = {
    outcome: end.outcome,
    reason: end.reason,
    dueAt: now + backoff(timing.retryBackoff, timing.retryCeiling, earlier, jitter(job)),
    route: route ?? job.route,
    countedAttempts,
    uncountedAttempts,
    spotReclaims: job.spotReclaims + (end.spot ? 1 : 0),
  };
  return requeued(job, requeue, now);
}

function moved(job: Job, { move, reason }: AttemptEnd, settings: Settings): Job["route"] | undefined {
  const { target } = job.route;
  const { growsOn } = lanes[target];
  if (move === undefined) return undefined;
  if (growsOn === target) return move === "size-up" ? oneSizeUp(job.route, settings) : undefined;
  const mayLeave = job.requestedTarget !== target && !lanes[growsOn].absent(settings);
  return mayLeave ? escalated(job.route, settings, reason) : undefined;
}

/** The worker gave the job back: the cause says whether that counts, and whether the machine was too small. */
export function afterRelease(
  job: Job,
  { cause, detail }: { cause: ReleaseCause; detail: string },
  now: number,
  settings: Settings,
): Transition {
  const ends: Record<ReleaseCause, AttemptEnd> = {
    interrupted: { outcome: "interrupted", reason: detail, counted: false, spot: true },
    "out-of-time": { outcome: "released", reason: detail, counted: true, move: "escalate" },
    "out-of-memory": { outcome: "out-of-memory", reason: detail, counted: true, move: "size-up" },
    // The same code would most likely throw the same again: three times is enough.
    crashed: { outcome: "died", reason: detail, counted: true },
    "our-fault": { outcome: "released", reason: detail, counted: false },
  };
  return again(job, ends[cause], now, settings);
}

/** A number in [0, 1) that differs between jobs and writes, so that waits spread; pure, so next() is. FNV-1a. */
export function jitter({ jobId, rev }: Job): number {
  let hash = 0x811c9dc5 ^ rev;
  for (let index = 0; index < jobId.length; index++) {
    hash = Math.imul(hash ^ jobId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}
