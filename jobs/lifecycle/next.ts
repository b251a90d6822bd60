import { isTerminal } from "@sluice/contract/job";
import { type Job, parentsOf } from "../record.ts";
import type { Settings } from "../settings.ts";
import { limits, timing } from "../timing.ts";
import type { Evidence } from "./evidence.ts";
import { afterParents } from "./inputs.ts";
import { afterLaunch, afterLease, afterRefusal, afterStop } from "./task.ts";
import {
  cancelled,
  type Decision,
  deadlinePassed,
  failed,
  isAwaited,
  releasedBy,
  send,
} from "./transitions.ts";

/**
 * The only author of decisions about a job's life: what to write and then to do, given what was seen.
 * Pure. The write is conditional on `job.rev`, so a decision made from an old view never lands.
 *
 * @returns undefined when the evidence changes nothing: it is late, repeated, or of another dispatch
 */
export function next(job: Job, evidence: Evidence, now: number, settings: Settings): Decision | undefined {
  if (isTerminal(job.status)) return afterTheEnd(job, evidence, now, settings);
  if (evidence.kind === "cancel") return cancelled(job, now);
  // A finished worker is believed even past the deadline; evidence that the job goes on is not.
  if (now >= job.deadlineAt) return deadlinePassed(job, now);
  switch (evidence.kind) {
    case "retry":
      return undefined;
    case "refused":
      if (evidence.dispatch !== job.dispatch || job.step !== "launched") return undefined;
      return afterRefusal(job, evidence.refusal, now, settings);
    case "room":
      return job.status === "PENDING" && job.step === "line" ? send(job, now, { unanswered: 0 }) : undefined;
    case "dead-letter":
      if (!isAwaited(job, evidence.dispatch)) return undefined;
      return failed(job, now, {
        code: "not-delivered",
        message: "every try to handle its message failed; the message is kept, and the job can be retried",
      });
    case "released":
      return job.status === "PROCESSING" ? releasedBy(job, evidence, now, settings) : undefined;
    case "task":
      if (evidence.dispatch !== job.dispatch || evidence.task.state !== "stopped") return undefined;
      return afterStop(job, evidence.task, now, settings);
    case "due":
      if (job.dueAt === undefined || now < job.dueAt) return undefined;
      return job.status === "PENDING"
        ? whenWaiting(job, evidence, now, settings)
        : sentAtOnce(job, afterLease(job, evidence.task, now, settings), now);
  }
}

/** A lease was wait enough: what it gave up is sent in the same pass of sweep, not a minute later. */
function sentAtOnce(job: Job, decision: Decision | undefined, now: number): Decision | undefined {
  if (decision?.changes.step !== "send") return decision;
  const { changes, effects, ...rest } = decision;
  const sent = send({ ...job, route: changes.route ?? job.route }, now, { unanswered: 0 });
  const { statusReason = sent.changes.statusReason } = changes;
  return {
    ...rest,
    changes: { ...changes, ...sent.changes, statusReason },
    effects: [...effects, ...sent.effects],
  };
}

type Due = Extract<Evidence, { kind: "due" }>;

function whenWaiting(job: Job, evidence: Due, now: number, settings: Settings): Decision | undefined {
  switch (job.step) {
    case "inputs":
      return afterParents(job, evidence.parents, now);
    case "launched":
      return afterLaunch(job, evidence.task, now, settings);
    case "sent":
      return whenUnanswered(job, evidence.queueWaiting, now);
    default:
      return send(job, now, { unanswered: job.unanswered });
  }
}

/** A message nobody answered: it waits behind others, or it is lost. Only the queue's length tells. */
function whenUnanswered(job: Job, queueWaiting: number, now: number): Decision {
  if (queueWaiting > 0 && now < (job.sentAt ?? 0) + timing.backlog) {
    return { changes: { dueAt: now + timing.answer, statusReason: "waiting in the queue" }, effects: [] };
  }
  if (queueWaiting > 0) return send(job, now, { unanswered: job.unanswered });
  const unanswered = job.unanswered + 1;
  if (unanswered >= limits.unansweredSends) {
    return failed(job, now, {
      code: "not-delivered",
      message: `the job was sent ${unanswered} times and no worker picked it up`,
    });
  }
  return send(job, now, { unanswered });
}

/** Only retry leaves a terminal state; a task that still runs for an ended job is stopped. */
function afterTheEnd(job: Job, evidence: Evidence, now: number, settings: Settings): Decision | undefined {
  if (evidence.kind !== "retry" || job.status === "COMPLETED") return undefined;
  const waits = parentsOf(job).length > 0;
  return {
    changes: {
      status: "PENDING",
      statusReason: waits ? "retry asked for; waiting for its inputs" : "retry asked for; waiting to be sent",
      // A message of the last run may still be in the queue, and a task of it may still be writing.
      dispatch: job.dispatch + 1,
      step: waits ? "inputs" : "send",
      dueAt: now,
      run: job.run + 1,
      deadlineAt: now + job.maxSeconds * 1000,
      ttl: Math.ceil((now + settings.retentionDays * 86_400_000) / 1000),
      progress: 0,
      unanswered: 0,
      refusals: 0,
      countedAttempts: 0,
      uncountedAttempts: 0,
      spotReclaims: 0,
      lineSince: undefined,
      error: undefined,
      usd: undefined,
      finishedAt: undefined,
      startedAt: undefined,
      worker: undefined,
      taskArn: undefined,
    },
    effects: [],
  };
}
