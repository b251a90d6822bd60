import type { StoppedTask, TaskObservation } from "../../../jobs/lifecycle/evidence.ts";
import type { TaskRequest } from "../../../jobs/ports.ts";
import type { Machine } from "./machine.ts";

export interface Task {
  readonly request: TaskRequest;
  readonly taskArn: string;
  readonly createdAt: number;
  /** Before it RunTask's task is not yet seen by describe and list. */
  readonly visibleAt: number;
  state: "starting" | "running" | "stopped";
  /** What describe and list said before the last change, and until when they may still say it. */
  past: { readonly observation: TaskObservation; readonly until: number } | undefined;
  desiredStopped: boolean;
  stop: StoppedTask | undefined;
  stoppedAt: number;
  container: Machine | undefined;
  sigterm: AbortController;
}

export interface StopWords {
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly exitCode: number | undefined;
}

export function stoppedTask(
  { taskArn }: Task,
  { stopCode, stoppedReason, exitCode }: StopWords,
): StoppedTask {
  const containerReason = /OutOfMemory/.test(stoppedReason) ? stoppedReason : "";
  const code = exitCode === undefined ? {} : { exitCode };
  return { state: "stopped", taskArn, stopCode, stoppedReason, containerReason, ...code };
}

/** What ECS says of it. */
export function observation(task: Task): TaskObservation {
  const { state, taskArn, stop } = task;
  return state === "stopped" ? (stop ?? { state: "missing" }) : { state, taskArn };
}
