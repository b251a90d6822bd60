import { jobUsd, timed } from "../cost/bill.ts";
import { lambdaVcpu } from "../cost/machines.ts";
import { escalated, oneSizeUp } from "../cost/route.ts";
import type { Message } from "../message.ts";
import type { Attempt, AttemptOutcome, Job, JobChanges } from "../record.ts";
import type { Settings } from "../settings.ts";
import { backoff, limits, timing } from "../timing.ts";
import type { ReleaseCause } from "./evidence.ts";

/** State first, effects second: the effects run only when the conditional write of `changes` took. */
export interface Decision {
  readonly changes: JobChanges;
  readonly effects: readonly Effect[];
  /** A task died, never took its job, or could not be started as the stage is configured: people are told. */
  readonly taskFailed?: boolean;
}

export type Effect =
  | { readonly kind: "send"; readonly message: Message }
  | { readonly kind: "stop-task"; readonly taskArn: string; readonly reason: string };

type Failure = NonNullable<Job["error"]>;

/** Raises the fence and sends; sweep looks again if nobody answers. */
export function send(job: Job, now: number, { unanswered }: { unanswered: number }): Decision {
  const dispatch = job.dispatch + 1;
  return {
    changes: {
      dispatch,
      step: "sent",
      sentFrom: job.step === "sent" ? (job.sentFrom ?? job.dispatch) : undefined,
      sentAt: now,
      dueAt: now + timing.answer,
      unanswered,
      taskArn: undefined,
      statusReason: "waiting in the queue",
    },
    effects: [{ kind: "send", message: { v: 1, jobId: job.jobId, dispatch, target: job.route.target } }],
  };
}

/**
 * Whether the job still waits for a worker to answer this send, or a later one that repeats it: a message
 * that kills whoever handles it takes an hour to reach the dead-letter queue, and sweep has sent again by then.
 */
export function isAwaited(job: Job, dispatch: number): boolean {
  const from = job.sentFrom ?? job.dispatch;
  return job.step === "sent" && from <= dispatch && dispatch <= job.dispatch;
}

export function cancelled(job: Job, now: number): Decision {
  const attempts = closeAttempt(job, now, "cancelled", "cancelled by the caller");
  return {
    changes: { status: "CANCELLED", statusReason: "cancelled by the caller", ...ended(job, attempts, now) },
    effects: stopTask(job, "cancelled by the caller"),
  };
}

export function failed(job: Job, now: number, error: Failure, outcome: AttemptOutcome = "failed"): Decision {
  const attempts = closeAttempt(job, now, outcome, error.message);
  return {
    changes: { status: "FAILED", statusReason: error.message, error, ...ended(job, attempts, now) },
    effects: stopTask(job, error.message),
  };
}

export function deadlinePassed(job: Job, now: number): Decision {
  const waitedForCapacity = job.status === "PENDING" && (job.refusals > 0 || job.lineSince !== undefined);
  const message = waitedForCapacity
    ? `no Fargate capacity could be had within ${job.maxSeconds} s: ${job.statusReason}`
    : job.step === "inputs"
      ? `the job could not begin within ${job.maxSeconds} s: ${job.statusReason}`
      : `the job did not finish within ${job.maxSeconds} s`;
  return failed(job, now, { code: waitedForCapacity ? "no-capacity" : "deadline-exceeded", message });
}

/** What every end has in common. Also used by the worker that finishes its own job. */
export function ended(job: Job, attempts: Attempt[], now: number): JobChanges {
  return {
    step: undefined,
    // Until it is announced: see end.ts.
    dueAt: now + timing.publish,
    leaseUntil: undefined,
    lineSince: undefined,
    attempts,
    finishedAt: now,
    usd: totalUsd(job, attempts),
  };
}

/** The attempts with the open one closed; unchanged when none is open. */
export function closeAttempt(job: Job, now: number, outcome: AttemptOutcome, reason: string): Attempt[] {
  return job.attempts.map((attempt) => {
    if (attempt.endedAt !== undefined) return attempt;
    const memoryMiB = job.route.memoryMiB;
    const vcpu = attempt.target === "lambda" ? lambdaVcpu(memoryMiB) : job.route.vcpu;
    return { ...attempt, endedAt: now, outcome, reason, memoryMiB, vcpu };
  });
}

function totalUsd({ inputs, outputSpecs: outputs }: Job, attempts: readonly Attempt[]): number {
  return jobUsd({ inputs, outputs }, attempts.map(timed));
}

export interface AttemptEnd {
  readonly outcome: AttemptOutcome;
  readonly reason: string;
  /** Counted attempts are the job's or the machine's fault; uncounted ones nobody's. */
  readonly counted: boolean;
  /** Leave the lane or the size that did not work. */
  readonly move?: "escalate" | "size-up";
  readonly spot?: boolean;
}

/** Another attempt after one that ended without a result, or FAILED when there were enough. */
export function again(job: Job, end: AttemptEnd, now: number, settings: Settings): Decision {
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
  const tries = countedAttempts + uncountedAttempts - 1;
  return {
    changes: {
      status: "PENDING",
      statusReason: `${end.reason}; waiting to be run again`,
      // One claim per dispatch: a message or task of the old one must not take the job while it waits here.
      dispatch: job.dispatch + 1,
      step: "send",
      dueAt: now + backoff(timing.retryBackoff, timing.retryCeiling, tries, jitter(job)),
      attempts: closeAttempt(job, now, end.outcome, end.reason),
      route: route ?? job.route,
      countedAttempts,
      uncountedAttempts,
      spotReclaims: job.spotReclaims + (end.spot ? 1 : 0),
      unanswered: 0,
      progress: 0,
      worker: undefined,
      taskArn: undefined,
      leaseUntil: undefined,
    },
    effects: [],
  };
}

function moved(job: Job, { move, reason }: AttemptEnd, settings: Settings): Job["route"] | undefined {
  const mayLeaveLambda =
    job.route.target === "lambda" && job.requestedTarget !== "lambda" && settings.fargate;
  if (move === undefined) return undefined;
  if (job.route.target === "lambda")
    return mayLeaveLambda ? escalated(job.route, settings, reason) : undefined;
  return move === "size-up" ? oneSizeUp(job.route, settings) : undefined;
}

export function releasedBy(
  job: Job,
  { cause, detail }: { cause: ReleaseCause; detail: string },
  now: number,
  settings: Settings,
): Decision {
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

export function stopTask(job: Job, reason: string): Effect[] {
  return job.taskArn === undefined ? [] : [{ kind: "stop-task", taskArn: job.taskArn, reason }];
}

/** A number in [0, 1) that differs between jobs and writes, so that waits spread; pure, so next() is. */
export function jitter({ jobId, rev }: Job): number {
  let hash = 0x811c9dc5 ^ rev;
  for (let index = 0; index < jobId.length; index++) {
    hash = Math.imul(hash ^ jobId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}
