import { oneSizeDown } from "../cost/route.ts";
import type { Lane } from "../lanes/lane.ts";
import { lanes } from "../lanes/table.ts";
import type { Job } from "../record.ts";
import type { Settings } from "../settings.ts";
import { backoff, timing } from "../timing.ts";
import { type AttemptEnd, again, jitter } from "./attempts.ts";
import { stopTask } from "./effects.ts";
import {
  type LaunchRefusal,
  type StopCause,
  type StoppedTask,
  stopCause,
  type TaskObservation,
} from "./evidence.ts";
import type { NotStarted } from "./requeue.ts";
import { startingInWords, usesSpot, whyOnDemand } from "./spot.ts";
import { checkedLater, failed, notStarted, queuedForCapacity, sent, type Transition } from "./transitions.ts";

/** Decides about the machine a job was given: it was refused, stopped, never claimed, or its lease expired. */

/** RunTask started no task: wait for capacity, go on demand, try a size that the account allows, or fail. */
export function afterRefusal(job: Job, { kind }: LaunchRefusal, now: number, settings: Settings): Transition {
  if (kind === "cap") return queuedForCapacity(job, now, settings);
  const smaller = kind === "shape" ? oneSizeDown(job.route, settings) : undefined;
  if (kind === "shape" && !smaller) {
    const message = `the job needs ${job.route.vcpu} vCPU and ${job.route.memoryMiB} MiB, and the account may not start such a task`;
    return failed(job, now, { code: "no-capacity", message });
  }
  const noted = {
    ...(kind === "capacity" ? afterNoMachine(job, settings) : {}),
    ...(smaller ? { route: smaller } : {}),
  };
  const statusReason = `waiting for Fargate capacity: ${refusalInWords[kind]}`;
  const decision = launchAgain(job, { statusReason, mayClaim: true, ...noted }, now, settings);
  return { ...decision, taskFailed: kind === "configuration" };
}

/** Spot had no machine for the task. A task that was on demand already says nothing of Spot. */
function afterNoMachine(job: Job, settings: Settings): Pick<NotStarted, "spotRefusals"> {
  return usesSpot(job, settings) ? { spotRefusals: (job.spotRefusals ?? 0) + 1 } : {};
}

/**
 * Another launch, after a wait that doubles, up to the deadline. A job that goes on demand from now on does not wait:
 * that Spot has no machines says nothing of those.
 */
function launchAgain(job: Job, why: Omit<NotStarted, "dueAt">, now: number, settings: Settings): Transition {
  const onDemand = usesSpot(job, settings) ? whyOnDemand({ ...job, ...why }) : undefined;
  if (onDemand !== undefined) {
    const statusReason = `${why.statusReason}; the next task is on demand, because ${onDemand}`;
    return notStarted(job, { ...why, statusReason, dueAt: now });
  }
  const wait = backoff(timing.refusalBackoff, timing.refusalCeiling, job.refusals, jitter(job));
  return notStarted(job, { ...why, dueAt: now + wait });
}

/** Our words: ECS's own text may name accounts and ARNs, and stays in the log. */
const refusalInWords: Record<Exclude<LaunchRefusal["kind"], "cap">, string> = {
  capacity: "no task could be started just now",
  busy: "ECS did not take the request just now",
  shape: "the account's limit is below this size, so a smaller one is tried",
  configuration: "the stage's Fargate configuration was refused",
};

const stopInWords: Record<StopCause, string> = {
  "out-of-memory": "the task ran out of memory",
  spot: "the Spot machine was reclaimed",
  capacity: "there was no machine for the task",
  infrastructure: "the machine was taken away or did not start",
  image: "the container image could not be pulled",
  operator: "the task was stopped by hand",
  exited: "the task died",
};

/** The task of the current dispatch is gone. */
export function afterStop(
  job: Job,
  task: StoppedTask,
  now: number,
  settings: Settings,
): Transition | undefined {
  // The stop of a task that lost the claim says nothing about the task that won it. A task's claim without an ARN
  // was made by the only task that its dispatch started.
  const itsTask = job.taskArn ?? (lanes[job.route.target].end === "ecs" ? task.taskArn : undefined);
  if (job.status === "PROCESSING" && itsTask !== task.taskArn) return undefined;
  if (job.status === "PENDING" && job.step !== "launched") return undefined;
  const cause = stopCause(task);
  const code = task.exitCode === undefined ? "" : ` (exit code ${task.exitCode})`;
  const reason = `${stopInWords[cause]}${code}`;
  const taskFailed = cause !== "spot" && cause !== "capacity" && cause !== "operator";
  if (cause === "image") {
    return { ...failed(job, now, { code: "image-unavailable", message: reason }), taskFailed };
  }
  // Only the want of memory says something of the job before it was claimed: its machine was too small even to start.
  if (job.status === "PENDING" && cause !== "out-of-memory") {
    return { ...afterFailedStart(job, reason, now, settings, cause), taskFailed };
  }
  return { ...again(job, endOf(cause, reason), now, settings), taskFailed };
}

/**
 * A task ended before it took its job. The job has not run, so no attempt is counted: as after a refusal it waits, up
 * to its deadline, for machines, network or image to come back.
 */
function afterFailedStart(
  job: Job,
  reason: string,
  now: number,
  settings: Settings,
  cause?: StopCause,
): Transition {
  const statusReason = `waiting for a Fargate task: at the last start ${reason}`;
  const noted = {
    ...(cause === "capacity" ? afterNoMachine(job, settings) : {}),
    ...(cause === "spot" ? { spotReclaims: job.spotReclaims + 1 } : {}),
  };
  return launchAgain(job, { statusReason, mayClaim: false, ...noted }, now, settings);
}

function endOf(cause: StopCause, reason: string): AttemptEnd {
  switch (cause) {
    case "out-of-memory":
      return { outcome: "out-of-memory", reason, counted: true, move: "size-up" };
    case "spot":
      return { outcome: "interrupted", reason, counted: false, spot: true };
    case "capacity":
    case "infrastructure":
    case "operator":
      return { outcome: "interrupted", reason, counted: false };
    default:
      return { outcome: "died", reason, counted: true };
  }
}

/** A launch is checked: no worker has claimed the job yet. */
export function afterLaunch(
  job: Job,
  task: TaskObservation | undefined,
  now: number,
  settings: Settings,
): Transition | undefined {
  const launchedAt = job.sentAt ?? now;
  switch (task?.state) {
    case "stopped":
      return afterStop(job, task, now, settings);
    case "starting":
    case "running": {
      if (now < launchedAt + timing.launchGrace) {
        const statusReason =
          task.state === "starting" ? startingInWords(job, settings) : "its Fargate task is running";
        return checkedLater({ dueAt: now + timing.launchCheck, taskArn: task.taskArn, statusReason });
      }
      const reason = "the task never took the job";
      const decision = afterFailedStart(job, reason, now, settings);
      const effects = stopTask({ ...job, taskArn: task.taskArn }, reason);
      return { ...decision, effects, taskFailed: true };
    }
    default:
      // RunTask was never called, or ECS has forgotten the task: a new dispatch fences either off.
      return sent(job, now, { unanswered: job.unanswered });
  }
}

/** The lease expired: the lane says who knows whether the worker is dead. */
export function afterLease(
  job: Job,
  task: TaskObservation | undefined,
  now: number,
  settings: Settings,
): Transition | undefined {
  const lease = job.leaseUntil ?? 0;
  if (now < lease) return checkedLater({ dueAt: lease });
  const { end, wentQuiet: reason } = lanes[job.route.target];
  return ends[end](job, { task, reason, lease }, now, settings);
}

interface Silence {
  readonly task: TaskObservation | undefined;
  readonly reason: string;
  readonly lease: number;
}

const ends: Record<
  Lane["end"],
  (job: Job, silence: Silence, now: number, settings: Settings) => Transition | undefined
> = {
  /** Nobody knows more than the lease, so its end is death. */
  lease: (job, { reason }, now, settings) =>
    again(job, { outcome: "died", reason, counted: true, move: "escalate" }, now, settings),
  ecs: afterEcsWasAsked,
};

/** A task that ECS still sees running is given a second lease. */
function afterEcsWasAsked(
  job: Job,
  { task, reason, lease }: Silence,
  now: number,
  settings: Settings,
): Transition | undefined {
  if (task?.state === "stopped") return afterStop(job, task, now, settings);
  if (task?.state === "running" && now < lease + timing.lease) {
    return checkedLater({ dueAt: lease + timing.lease, statusReason: "its task is running but quiet" });
  }
  const decision = again(job, { outcome: "died", reason, counted: true }, now, settings);
  return { ...decision, effects: stopTask(job, reason), taskFailed: true };
}
