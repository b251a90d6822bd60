import type {
  Evidence,
  LaunchRefusal,
  ReleaseCause,
  TaskObservation,
} from "../../../jobs/lifecycle/evidence.ts";
import { next } from "../../../jobs/lifecycle/next.ts";
import type { Transition } from "../../../jobs/lifecycle/transitions.ts";
import type { Job } from "../../../jobs/record.ts";
import { defaultSettings } from "./memory-ports.ts";
import { start } from "./sample-jobs.ts";

/** Evidence in short, and decisions in words: for the tests of next(). */

export const due = start + 60_000;
export const deadline = start + 3_600_000;

export const look = (task?: TaskObservation, queueWaiting = 0): Evidence => ({
  kind: "due",
  queueWaiting,
  ...(task ? { task } : {}),
});
export const stopped = (task: TaskObservation, dispatch = 3): Evidence => ({ kind: "task", dispatch, task });
export const refused = (kind: LaunchRefusal["kind"], dispatch = 3): Evidence => ({
  kind: "refused",
  dispatch,
  refusal: { kind, detail: "arn:aws:ecs:secret" },
});
export const released = (cause: ReleaseCause): Evidence => ({
  kind: "released",
  cause,
  detail: "as the worker says",
});

/** A decision in a few words, so that the table below can be read. */
export function inWords(job: Job, decision: Transition | undefined): string {
  if (!decision) return "-";
  const { changes, effects } = decision;
  const words: string[] = [];
  if (changes.status === "CANCELLED") words.push("cancelled");
  else if (changes.status === "FAILED") words.push(`FAILED ${changes.error?.code}`);
  else if (changes.run !== undefined) words.push("next run");
  else if ((changes.countedAttempts ?? 0) > job.countedAttempts) words.push("again, counted");
  else if ((changes.uncountedAttempts ?? 0) > job.uncountedAttempts) words.push("again, uncounted");
  else if (changes.step === "line") words.push("in line");
  else if ((changes.refusals ?? 0) > job.refusals) {
    words.push(changes.statusReason?.includes("Fargate task") ? "wait for a task" : "wait for capacity");
  } else if (changes.unanswered !== undefined && effects.length > 0) {
    words.push(changes.unanswered > job.unanswered ? "send, unanswered" : "send");
  } else if (Object.keys(changes).every((field) => ["dueAt", "statusReason", "taskArn"].includes(field))) {
    words.push("look later");
  }
  if (changes.route && changes.route.target !== job.route.target) words.push(`on ${changes.route.target}`);
  else if (changes.route && changes.route.memoryMiB > job.route.memoryMiB) words.push("larger");
  else if (changes.route && changes.route.vcpu < job.route.vcpu) words.push("smaller");
  if (effects.some(({ kind }) => kind === "send") && !words[0]?.startsWith("send")) words.push("sent");
  if (effects.some(({ kind }) => kind === "stop-task")) words.push("stop");
  return words.join(", ");
}

export const decide = (job: Job, evidence: Evidence, now: number) =>
  next(job, evidence, now, defaultSettings);
