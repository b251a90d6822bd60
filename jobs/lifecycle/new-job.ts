import { type Job, parentsOf } from "../record.ts";
import { versioned } from "../recorded-arrays.ts";
import type { Settings } from "../settings.ts";
import { timing } from "../timing.ts";

/** What a submit decides about a job; the rest of its record is the same for every new job. */
export type NewJob = Pick<
  Job,
  | "jobId"
  | "owner"
  | "operation"
  | "params"
  | "labels"
  | "batch"
  | "inputs"
  | "outputSpecs"
  | "route"
  | "requestedTarget"
  | "maxSeconds"
  | "trace"
  | "requestHash"
>;

/** The record of a new job: sent, or, where other jobs have yet to make an input, waiting for those. */
export function newJob(
  submitted: NewJob,
  createdAt: number,
  { retentionDays }: Pick<Settings, "retentionDays">,
): Job {
  const deadlineAt = createdAt + submitted.maxSeconds * 1000;
  const parents = parentsOf(submitted);
  return {
    ...submitted,
    v: 1,
    ...versioned(submitted.inputs),
    status: "PENDING",
    ...fresh,
    deadlineAt,
    run: 1,
    dispatch: 1,
    rev: 1,
    ...(parents.length > 0
      ? { step: "inputs", ...inputsAwaited(parents, deadlineAt, createdAt) }
      : {
          step: "sent",
          statusReason: "waiting in the queue",
          sentAt: createdAt,
          dueAt: createdAt + timing.answer,
        }),
    attempts: [],
    createdAt,
    updatedAt: createdAt,
    ttl: Math.ceil(createdAt / 1000 + retentionDays * 86_400),
  };
}

/** A run begins with these. */
export const fresh = {
  progress: 0,
  unanswered: 0,
  refusals: 0,
  countedAttempts: 0,
  uncountedAttempts: 0,
  spotReclaims: 0,
  spotRefusals: 0,
} as const;

/** What a job says, and when sweep looks at it, while its parents run. */
export function inputsAwaited(parents: readonly string[], deadlineAt: number, now: number) {
  const them = parents.map((jobId) => `job ${jobId}`).join(" and ");
  return {
    dueAt: Math.min(now + timing.inputs, deadlineAt),
    statusReason: `waiting for the output of ${them}`,
  };
}
