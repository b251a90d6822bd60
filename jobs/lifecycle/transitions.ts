import { usdOf } from "../cost/bill.ts";
import { afterExpress } from "../cost/express-route.ts";
import { type Attempt, type AttemptOutcome, type Job, parentsOf } from "../record.ts";
import { versioned, withoutRecorded } from "../recorded-arrays.ts";
import type { Settings } from "../settings.ts";
import { timing } from "../timing.ts";
import { withBoundedTexts } from "./bounded-text.ts";
import { closeAttempt } from "./close-attempt.ts";
import { type Effect, messageOf, stopTask } from "./effects.ts";
import type { Finish } from "./evidence.ts";
import { fresh, inputsAwaited } from "./new-job.ts";
import type { NotStarted, Requeue } from "./requeue.ts";

/**
 * The only author of what is written to a job after it was created: one function for each step of its life. next()
 * decides which one is due; nothing here decides.
 */

/** State first, effects second: the effects run only when the conditional write of `changes` took. */
export interface Transition {
  readonly changes: JobChanges;
  readonly effects: readonly Effect[];
  /** A task died, never claimed its job, or could not be started as the stage is configured. It raises an alarm. */
  readonly taskFailed?: boolean;
}

/** Its private member makes JobChanges impossible to build from plain values, and a spread of one loses it. */
declare abstract class Authored {
  private readonly authored: true;
}

type Values = {
  readonly [Field in keyof Omit<Job, "jobId" | "owner" | "rev" | "writeId" | "updatedAt">]?:
    | Job[Field]
    | undefined;
};

/** New values for a job; `undefined` removes the attribute. Only this file makes them. */
export type JobChanges = Values & Authored;

function transition(values: Values, effects: readonly Effect[] = []): Transition {
  return { changes: withBoundedTexts(values) as JobChanges, effects };
}

// Waiting: PENDING.

/** Raises the fence and sends; sweep looks again if no worker answers. */
export function sent(job: Job, now: number, { unanswered }: { unanswered: number }): Transition {
  const dispatch = job.dispatch + 1;
  const values = {
    dispatch,
    step: "sent",
    sentFrom: job.step === "sent" ? (job.sentFrom ?? job.dispatch) : undefined,
    sentAt: now,
    dueAt: now + timing.answer,
    unanswered,
    taskArn: undefined,
    statusReason: "waiting in the queue",
  } as const;
  return transition(values, [{ kind: "send", message: messageOf({ ...job, dispatch }) }]);
}

/** All its inputs are made: they stand in the record from now on. */
export function sentWithInputs(job: Job, inputs: Job["inputs"], hops: number, now: number): Transition {
  const { changes, effects } = sent({ ...job, inputs }, now, { unanswered: 0 });
  return transition({ ...changes, inputs, hops, ...versioned(inputs) }, effects);
}

/** The lease's expiry replaces the backoff: the next attempt is sent in the same write. */
export function sentWithoutBackoff(job: Job, requeue: Transition, now: number): Transition {
  const { changes, effects, ...rest } = requeue;
  const send = sent({ ...job, route: changes.route ?? job.route }, now, { unanswered: 0 });
  const { statusReason = send.changes.statusReason } = changes;
  const both = { ...changes, ...send.changes, statusReason };
  return { ...rest, ...transition(both, [...effects, ...send.effects]) };
}

/** A message that never left does not count towards not-delivered. */
export function unsent(job: Job, now: number): Transition {
  return transition({ step: "send", dueAt: now, unanswered: Math.max(0, job.unanswered - 1) });
}

/** Some of its parents still run. */
export function waitingForInputs(job: Job, parents: readonly string[], now: number): Transition {
  return transition(inputsAwaited(parents, job.deadlineAt, now));
}

/** Nothing has changed but when sweep looks again, and what is known by now. */
export function checkedLater(seen: Pick<Values, "dueAt" | "statusReason" | "taskArn">): Transition {
  return transition(seen);
}

/** No launch is tried while the stage is full: sweep admits the job in its order. */
export function queuedForCapacity(job: Job, now: number, { maxTasks, maxRunningVcpu }: Settings): Transition {
  const caps = `${maxTasks} tasks with ${maxRunningVcpu} vCPU`;
  return transition({
    step: "line",
    lineSince: job.lineSince ?? now,
    dueAt: job.deadlineAt,
    statusReason: `waiting for Fargate capacity: the stage runs at most ${caps} at once, and it is in line`,
    taskArn: undefined,
  });
}

/** RunTask was refused, or its task never took the job: sent again at `dueAt`. It counts as no attempt. */
export function notStarted(job: Job, { dueAt, mayClaim, ...noted }: NotStarted): Transition {
  return transition({
    step: "send",
    dueAt: Math.min(dueAt, job.deadlineAt),
    refusals: job.refusals + 1,
    taskArn: undefined,
    ...noted,
    ...(mayClaim ? {} : { dispatch: job.dispatch + 1 }),
  });
}

// Two transitions are made of a job not seen before: their conditional update both looks and takes.

/** A task is about to be started for the dispatch after this one. */
export function launched(dispatch: number, now: number): JobChanges {
  return transition({
    dispatch: dispatch + 1,
    step: "launched",
    statusReason: "a Fargate task is being started",
    sentAt: now,
    dueAt: now + timing.launchCheck,
    unanswered: 0,
    taskArn: undefined,
  }).changes;
}

/** The claim of a worker; its attempt is appended in the same write. */
export function claimed(worker: string, leaseUntil: number, attempt: Attempt): JobChanges {
  const { target, startedAt, taskArn } = attempt;
  return transition({
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
  }).changes;
}

// Running: PROCESSING.

/** Sweep looks at the job when the renewed lease runs out. */
export function leaseRenewed(leaseUntil: number, progress: number): Transition {
  return transition({ progress, leaseUntil, dueAt: leaseUntil });
}

/** The attempt ended without a result: the next one is sent at `dueAt`. */
export function requeued(job: Job, { outcome, reason, ...counts }: Requeue, now: number): Transition {
  return transition({
    status: "PENDING",
    statusReason: `${reason}; waiting to be run again`,
    // One claim per dispatch: a message or task of the old one must not take the job while it waits here.
    dispatch: job.dispatch + 1,
    step: "send",
    ...closeAttempt(job, now, outcome, reason),
    ...counts,
    unanswered: 0,
    progress: 0,
    worker: undefined,
    taskArn: undefined,
    leaseUntil: undefined,
  });
}

// The end, and what may follow it.

/** The end that the worker reports. There is no effect: its own task ends by itself. */
export function finished(job: Job, end: Finish, now: number): Transition {
  const completed = "outputs" in end;
  const statusReason = completed ? "finished" : end.error.message || "finished";
  return transition({
    status: completed ? "COMPLETED" : "FAILED",
    statusReason,
    ...(completed ? { progress: 1 } : {}),
    ...ended(job, now, completed ? "completed" : "failed", statusReason),
    ...(completed ? { ...versioned(end.outputs), ...withoutRecorded(job) } : {}),
    ...end,
  });
}

export function cancelled(job: Job, now: number): Transition {
  const statusReason = "cancelled by the caller";
  const end = ended(job, now, "cancelled", statusReason);
  return transition({ status: "CANCELLED", statusReason, ...end }, stopTask(job, statusReason));
}

export function failed(
  job: Job,
  now: number,
  error: NonNullable<Job["error"]>,
  outcome: AttemptOutcome = "failed",
): Transition {
  const statusReason = error.message;
  const end = ended(job, now, outcome, statusReason);
  return transition({ status: "FAILED", statusReason, error, ...end }, stopTask(job, statusReason));
}

/** What every end has in common. */
function ended(job: Job, now: number, outcome: AttemptOutcome, reason: string): Values {
  const closed = closeAttempt(job, now, outcome, reason);
  return {
    step: undefined,
    // The job stays due until its event is published: see completion.ts.
    dueAt: now + timing.publish,
    leaseUntil: undefined,
    lineSince: undefined,
    ...closed,
    finishedAt: now,
    usd: usdOf({ ...job, ...closed }),
  };
}

/** The next run, with all counts at zero: sent in the same write, unless its inputs have yet to be made. */
export function retried(job: Job, now: number, settings: Settings): Transition {
  const parents = parentsOf(job);
  const wasExpress = job.attempts.at(-1)?.atOnce;
  const route = wasExpress ? afterExpress(job.route, settings) : job.route;
  const deadlineAt = now + job.maxSeconds * 1000;
  const values = {
    status: "PENDING",
    run: job.run + 1,
    deadlineAt,
    ttl: Math.ceil((now + settings.retentionDays * 86_400_000) / 1000),
    ...fresh,
    ...(wasExpress ? { route } : {}),
    ...{ hops: undefined, lineSince: undefined, worker: undefined, taskArn: undefined },
    ...{ error: undefined, usd: undefined, startedAt: undefined, finishedAt: undefined },
  } as const;
  if (parents.length === 0) {
    const { changes, effects } = sent({ ...job, route }, now, { unanswered: 0 });
    return transition({ ...values, ...changes }, effects);
  }
  // A message of the last run may still be in the queue, and a task of it may still be writing.
  const dispatch = job.dispatch + 1;
  const waits = inputsAwaited(parents, deadlineAt, now);
  return transition({ ...values, dispatch, step: "inputs", ...waits, dueAt: now });
}
