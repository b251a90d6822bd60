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

export function stopTask(job: Pick<Job, "taskArn">, reason: string): Effect[] {
  return job.taskArn === undefined ? [] : [{ kind: "stop-task", taskArn: job.taskArn, reason }];
}
