import type { Route } from "@sluice/contract/job";
import { neededMiB } from "../cost/route.ts";
import type { Lane } from "../lanes/lane.ts";
import { lanes } from "../lanes/table.ts";
import type { Message } from "../message.ts";
import { type InputRef, isStored, type Job, type StoredInput } from "../record.ts";
import { limits } from "../timing.ts";

/** What is done once a transition is written. An effect that fails is made good by sweep. */
export type Effect =
  | { readonly kind: "send"; readonly message: Message }
  | { readonly kind: "stop-task"; readonly taskArn: string; readonly reason: string };

/** What the message of a job's current dispatch says. */
export function messageOf(job: Pick<Job, "jobId" | "dispatch" | "route" | "inputs">): Message {
  const { jobId, dispatch, route } = job;
  const { target } = route;
  const message = { v: 1, jobId, dispatch, target } as const;
  if (lanes[target].launch !== "inline") return message;
  const reads = Object.fromEntries(Object.entries(job.inputs).filter(isReadEarly));
  return {
    ...message,
    ...(isSmall(route) ? { small: true } : {}),
    ...(Object.keys(reads).length > 0 ? { reads } : {}),
  };
}

/** Whether ten like it may share a function's memory, and its time one after the other. */
function isSmall({ memoryMiB, estimate }: Route): boolean {
  const arrays = limits.batchMessages * (neededMiB(estimate.peakBytes) - neededMiB(0));
  return estimate.seconds < limits.blockingSeconds && arrays + neededMiB(0) <= memoryMiB;
}

/** What one GET reads is read while the job is claimed, and in vain when the claim is lost. */
function isReadEarly(entry: [string, InputRef]): entry is [string, StoredInput] {
  const [, input] = entry;
  return isStored(input) && input.length <= limits.earlyBytes;
}

type Running = Pick<Job, "route" | "taskArn">;

const stops: Record<Lane["stop"], (job: Running, reason: string) => Effect[]> = {
  "by-itself": () => [],
  "stop-task": ({ taskArn }, reason) =>
    taskArn === undefined ? [] : [{ kind: "stop-task", taskArn, reason }],
};

/** What stops the machine of a job that is over or goes on elsewhere, if anything can. */
export function stopTask(job: Running, reason: string): Effect[] {
  return stops[lanes[job.route.target].stop](job, reason);
}
