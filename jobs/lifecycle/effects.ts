import type { Lane } from "../lanes/lane.ts";
import { lanes } from "../lanes/table.ts";
import type { Message } from "../message.ts";
import type { Job } from "../record.ts";

/** What is done once a transition is written. An effect that fails is made good by sweep. */
export type Effect =
  | { readonly kind: "send"; readonly message: Message }
  | { readonly kind: "stop-task"; readonly taskArn: string; readonly reason: string };

/** What the message of a job's current dispatch says. */
export function messageOf({ jobId, dispatch, route }: Pick<Job, "jobId" | "dispatch" | "route">): Message {
  return { v: 1, jobId, dispatch, target: route.target };
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
