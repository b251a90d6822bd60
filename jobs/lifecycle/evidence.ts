import type { Job } from "../record.ts";

/**
 * What was seen, for next() to decide on. Two writes are made without it, because no one has read the job yet: the
 * launch of a task and the claim of a worker each look and take in one conditional update.
 */
export type Evidence =
  /** dueAt has passed; with what sweep looked up to judge it. */
  | {
      readonly kind: "due";
      readonly queueWaiting: number;
      readonly task?: TaskObservation;
      readonly parents?: Parents;
    }
  /** A stop event arrived for a task. */
  | { readonly kind: "task"; readonly dispatch: number; readonly task: TaskObservation }
  /** RunTask started no task for this dispatch. */
  | { readonly kind: "refused"; readonly dispatch: number; readonly refusal: LaunchRefusal }
  /** RunTask started the task of this dispatch. */
  | { readonly kind: "task-started"; readonly dispatch: number; readonly taskArn: string }
  /** Sweep took a slot for the job at the head of the capacity queue. */
  | { readonly kind: "admitted" }
  /** The queue gave up on the message of this dispatch. */
  | { readonly kind: "dead-letter"; readonly dispatch: number }
  /** The message of this dispatch could not be sent. */
  | { readonly kind: "send-failed"; readonly dispatch: number }
  /** A job that makes one of its inputs has ended, and sweep is to look at it. */
  | { readonly kind: "parent-ended" }
  /** The jobs that make its inputs have all ended, `hops` jobs after the one that was sent by somebody else. */
  | { readonly kind: "parents-ended"; readonly parents: Parents; readonly hops: number }
  /** The worker lives: it renews its lease and says how far it is. */
  | { readonly kind: "beat"; readonly leaseUntil: number; readonly progress: number }
  /** The worker has the result, or the job's own error. */
  | { readonly kind: "finished"; readonly end: Finish }
  /** The worker's timer for the deadline fired, perhaps a millisecond early. */
  | { readonly kind: "deadline" }
  /** The worker gives the job back unfinished. */
  | { readonly kind: "released"; readonly cause: ReleaseCause; readonly detail: string }
  | { readonly kind: "cancel" }
  | { readonly kind: "retry" };

export type Finish =
  | { readonly outputs: NonNullable<Job["outputs"]> }
  | { readonly error: NonNullable<Job["error"]> };

/** The jobs that make a job's inputs, as they were when it was at this `rev`, or later. */
export interface Parents {
  readonly rev: number;
  /** Left out are those that have expired. */
  readonly jobs: ReadonlyMap<string, Job>;
}

/**
 * - interrupted: SIGTERM, so a Spot reclaim or an infrastructure stop
 * - out-of-time: the Lambda is near its time-out
 * - out-of-memory: the compute thread hit its own limit
 * - crashed: the computation threw what no operation should
 * - our-fault: S3 or DynamoDB failed for longer than the retries
 */
export type ReleaseCause = "interrupted" | "out-of-time" | "out-of-memory" | "crashed" | "our-fault";

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

export type StopCause =
  | "out-of-memory"
  | "spot"
  | "capacity"
  | "infrastructure"
  | "image"
  | "operator"
  | "exited";

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
  // RunTask took the request, and no machine was found for it afterwards.
  if (task.stopCode === "TaskFailedToStart" && /capacity is unavailable/i.test(words)) return "capacity";
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

/**
 * Why no task was started.
 * - cap: the stage's own caps
 * - capacity: AWS has no machine just now, or the account's vCPUs are all in use; Spot and on demand differ in it
 * - busy: ECS throttles, fails or does not answer
 * - shape: above the account's limit
 * - configuration: what the stage asks for is not accepted
 */
export type LaunchRefusal = {
  readonly kind: "cap" | "capacity" | "busy" | "shape" | "configuration";
  readonly detail: string;
  /** RunTask did not answer: a task may be running after all. */
  readonly unsure?: boolean;
};
