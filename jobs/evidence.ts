/** What somebody saw, and next() may decide on. Nothing else moves a job but its own worker. */
export type Evidence =
  /** dueAt has passed; with what sweep looked up to judge it. */
  | { readonly kind: "due"; readonly queueWaiting: number; readonly task?: TaskObservation }
  /** A stop event arrived for a task. */
  | { readonly kind: "task"; readonly dispatch: number; readonly task: TaskObservation }
  /** RunTask started no task for this dispatch. */
  | { readonly kind: "refused"; readonly dispatch: number; readonly refusal: LaunchRefusal }
  /** The worker gives the job back unfinished. */
  | { readonly kind: "released"; readonly cause: ReleaseCause; readonly detail: string }
  | { readonly kind: "cancel" }
  | { readonly kind: "retry" };

/**
 * interrupted: SIGTERM, i.e. Spot reclaim or an infrastructure stop · out-of-time: the Lambda is near its
 * time-out · out-of-memory: the compute thread hit its own limit · our-fault: S3 or DynamoDB failed for longer than the retries.
 */
export type ReleaseCause = "interrupted" | "out-of-time" | "out-of-memory" | "our-fault";

export type TaskObservation =
  | { readonly state: "starting" | "running"; readonly taskArn: string }
  | { readonly state: "missing" }
  | {
      readonly state: "stopped";
      readonly taskArn: string;
      readonly stopCode: string;
      readonly stoppedReason: string;
      readonly exitCode?: number;
      /** The container's own reason: ECS says OutOfMemoryError here. */
      readonly containerReason: string;
    };

export type StoppedTask = Extract<TaskObservation, { state: "stopped" }>;

export type StopCause = "out-of-memory" | "spot" | "infrastructure" | "image" | "operator" | "exited";

/**
 * Why a task stopped. 137 alone is not memory: it is any SIGKILL, also an ignored SIGTERM; ECS says
 * OutOfMemoryError in the container's reason when it was.
 * Source: ECS developer guide, "Stopped tasks error messages" and API TaskStopCode.
 */
export function stopCause(task: StoppedTask): StopCause {
  const words = `${task.containerReason} ${task.stoppedReason}`;
  if (/OutOfMemory/i.test(words)) return "out-of-memory";
  if (task.stopCode === "SpotInterruption" || /spot task was interrupted/i.test(words)) return "spot";
  if (isMissingImage(words)) return "image";
  switch (task.stopCode) {
    case "TerminationNotice":
    case "InfrastructureHealth":
    case "TaskFailedToStart":
      return "infrastructure";
    case "UserInitiated":
    case "ServiceSchedulerInitiated":
      return "operator";
    default:
      return "exited";
  }
}

/** A pull that can never work; a pull that merely timed out is infrastructure and is tried again. */
function isMissingImage(words: string): boolean {
  return (
    /CannotPull/.test(words) && /not found|does not exist|manifest unknown|denied|unauthorized/i.test(words)
  );
}

/** Why RunTask did not start a task, in the order of what to do about it. */
export type LaunchRefusal = {
  readonly kind: "capacity" | "shape" | "configuration";
  readonly detail: string;
};
