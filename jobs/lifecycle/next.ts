import { isTerminal } from "@sluice/contract/job";
import type { Job } from "../record.ts";
import type { Settings } from "../settings.ts";
import { limits, timing } from "../timing.ts";
import { afterRelease } from "./attempts.ts";
import type { Evidence } from "./evidence.ts";
import { afterLastParent, afterParents } from "./inputs.ts";
import { startingInWords } from "./spot.ts";
import { afterLaunch, afterLease, afterRefusal, afterStop } from "./task.ts";
import {
  cancelled,
  checkedLater,
  failed,
  finished,
  leaseRenewed,
  queuedForCapacity,
  retried,
  sent,
  sentWithoutBackoff,
  type Transition,
  unsent,
} from "./transitions.ts";

/**
 * The only author of decisions about a job's life: what to write and then to do, given what was seen.
 * Pure. The write is conditional on the job it was decided about, so a decision made from an old view never lands.
 *
 * @returns undefined when the evidence changes nothing: it is late, repeated, or of another dispatch
 */
export function next(job: Job, evidence: Evidence, now: number, settings: Settings): Transition | undefined {
  if (isTerminal(job.status)) return afterTheEnd(job, evidence, now, settings);
  // Completion and a cancel beat the deadline, and what has already happened is noted whatever the time.
  switch (evidence.kind) {
    case "cancel":
      return cancelled(job, now);
    case "finished":
      return job.status === "PROCESSING" ? finished(job, evidence.end, now) : undefined;
    case "beat":
      return job.status === "PROCESSING" ? leaseRenewed(evidence.leaseUntil, evidence.progress) : undefined;
    case "task-started":
      if (evidence.dispatch !== job.dispatch || job.step !== "launched") return undefined;
      return checkedLater({ taskArn: evidence.taskArn, statusReason: startingInWords(job, settings) });
    case "send-failed":
      return evidence.dispatch === job.dispatch && job.step === "sent" ? unsent(job, now) : undefined;
    case "parent-ended":
      return job.step === "inputs" ? checkedLater({ dueAt: now }) : undefined;
    case "parents-ended":
      return job.step === "inputs" && now < job.deadlineAt ? afterLastParent(job, evidence, now) : undefined;
  }
  if (evidence.kind === "deadline" || now >= job.deadlineAt) return afterDeadline(job, now);
  switch (evidence.kind) {
    case "retry":
      return undefined;
    case "refused":
      if (evidence.dispatch !== job.dispatch || job.step !== "launched") return undefined;
      return afterRefusal(job, evidence.refusal, now, settings);
    case "admitted":
      return job.status === "PENDING" && job.step === "line" ? sent(job, now, { unanswered: 0 }) : undefined;
    case "dead-letter":
      if (!isAwaited(job, evidence.dispatch)) return undefined;
      return failed(job, now, {
        code: "not-delivered",
        message: "every try to handle its message failed; the message is kept, and the job can be retried",
      });
    case "released":
      return job.status === "PROCESSING" ? afterRelease(job, evidence, now, settings) : undefined;
    case "task":
      if (evidence.dispatch !== job.dispatch || evidence.task.state !== "stopped") return undefined;
      return afterStop(job, evidence.task, now, settings);
    case "due":
      if (job.dueAt === undefined || now < job.dueAt) return undefined;
      return job.status === "PENDING"
        ? duePending(job, evidence, now, settings)
        : dueProcessing(job, evidence, now, settings);
  }
}

/**
 * Whether the job still waits for a worker to answer this send, or a later one that repeats it: a message
 * that kills its consumer takes an hour to reach the dead-letter queue, and sweep has sent again by then.
 */
export function isAwaited(job: Job, dispatch: number): boolean {
  const from = job.sentFrom ?? job.dispatch;
  return job.step === "sent" && from <= dispatch && dispatch <= job.dispatch;
}

function afterDeadline(job: Job, now: number): Transition {
  const waitedForCapacity = job.status === "PENDING" && (job.refusals > 0 || job.lineSince !== undefined);
  const message = waitedForCapacity
    ? `no Fargate task took the job within ${job.maxSeconds} s: ${job.statusReason}`
    : job.step === "inputs"
      ? `the job could not begin within ${job.maxSeconds} s: ${job.statusReason}`
      : `the job did not finish within ${job.maxSeconds} s`;
  return failed(job, now, { code: waitedForCapacity ? "no-capacity" : "deadline-exceeded", message });
}

type Due = Extract<Evidence, { kind: "due" }>;

function duePending(job: Job, evidence: Due, now: number, settings: Settings): Transition | undefined {
  switch (job.step) {
    case "inputs":
      return afterParents(job, evidence.parents, now);
    case "launched":
      return afterLaunch(job, evidence.task, now, settings);
    case "sent":
      return afterSilence(job, evidence.queueWaiting, now);
    case "send":
      // It was admitted and got no machine: it goes back to its old place, so that it does not pass those before it.
      if (job.lineSince !== undefined) return queuedForCapacity(job, now, settings);
      return sent(job, now, { unanswered: job.unanswered });
    default:
      return sent(job, now, { unanswered: job.unanswered });
  }
}

/** What the expired lease gives up is sent in the same pass of sweep, not a minute later. */
function dueProcessing(job: Job, { task }: Due, now: number, settings: Settings): Transition | undefined {
  const decided = afterLease(job, task, now, settings);
  return decided?.changes.step === "send" ? sentWithoutBackoff(job, decided, now) : decided;
}

/** A message without an answer: it waits behind others, or it is lost. Only the queue's length tells. */
function afterSilence(job: Job, queueWaiting: number, now: number): Transition {
  if (queueWaiting > 0 && now < (job.sentAt ?? 0) + timing.backlog) {
    return checkedLater({ dueAt: now + timing.answer, statusReason: "waiting in the queue" });
  }
  if (queueWaiting > 0) return sent(job, now, { unanswered: job.unanswered });
  const unanswered = job.unanswered + 1;
  if (unanswered >= limits.unansweredSends) {
    return failed(job, now, {
      code: "not-delivered",
      message: `the job was sent ${unanswered} times and no worker picked it up`,
    });
  }
  return sent(job, now, { unanswered });
}

/** Only retry leaves a terminal state. */
function afterTheEnd(job: Job, { kind }: Evidence, now: number, settings: Settings): Transition | undefined {
  return kind === "retry" && job.status !== "COMPLETED" ? retried(job, now, settings) : undefined;
}
