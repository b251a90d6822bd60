import type { Route } from "@sluice/contract/job";
import type { JobChanges } from "../../../jobs/lifecycle/transitions.ts";
import type { Job } from "../../../jobs/record.ts";
import { stoppedTask } from "./memory-ports.ts";

/** Jobs in every state, for tests of decisions. Times are relative to `start`. */
export const start = Date.UTC(2026, 10, 23, 12);
export const jobId = "0123456789abcdefghjkmnpqrs";
export const taskArn = "arn:aws:ecs:eu-west-1:000000000000:task/test/current";

export const lambdaRoute: Route = {
  target: "lambda",
  reason: "small",
  memoryMiB: 1769,
  vcpu: 1,
  estimate: { flops: 1e9, peakBytes: 100 * 2 ** 20, seconds: 1, usd: 1e-4 },
};

export const fargateRoute: Route = {
  target: "fargate",
  reason: "large",
  memoryMiB: 4096,
  vcpu: 2,
  estimate: { flops: 1e12, peakBytes: 2 * 2 ** 30, seconds: 600, usd: 1e-2 },
};

export function sampleJob(changes: Partial<Job> = {}): Job {
  return {
    v: 1,
    jobId,
    owner: "local",
    status: "PENDING",
    statusReason: "waiting in the queue",
    progress: 0,
    operation: "spectral-projection",
    params: { seed: 0, columns: 2 },
    labels: {},
    inputs: { a: { shape: [2, 2], dtype: "float64", seed: 1 } },
    outputSpecs: { result: { shape: [2, 2], dtype: "float64" } },
    route: lambdaRoute,
    requestedTarget: "auto",
    maxSeconds: 3600,
    deadlineAt: start + 3_600_000,
    requestHash: "0".repeat(64),
    run: 1,
    dispatch: 3,
    rev: 7,
    step: "sent",
    dueAt: start + 60_000,
    sentAt: start,
    unanswered: 0,
    refusals: 0,
    countedAttempts: 0,
    uncountedAttempts: 0,
    spotReclaims: 0,
    attempts: [],
    createdAt: start,
    updatedAt: start,
    ttl: start / 1000 + 7 * 86_400,
    ...changes,
  };
}

const claimed = (target: "lambda" | "fargate") => ({
  status: "PROCESSING" as const,
  worker: "worker-1",
  leaseUntil: start + 60_000,
  startedAt: start,
  attempts: [{ dispatch: 3, target, engine: "reference 1", startedAt: start }],
});

/** The job in each state it can be in; `dueAt` is start + 60 s wherever there is one. */
export const jobIn = {
  send: sampleJob({ step: "send" }),
  sent: sampleJob({ step: "sent" }),
  line: sampleJob({ step: "line", route: fargateRoute, lineSince: start }),
  launched: sampleJob({ step: "launched", route: fargateRoute, taskArn }),
  lambda: without(sampleJob(claimed("lambda")), "step"),
  fargate: without(sampleJob({ ...claimed("fargate"), route: fargateRoute, taskArn }), "step"),
  COMPLETED: terminal("COMPLETED"),
  FAILED: terminal("FAILED"),
  CANCELLED: terminal("CANCELLED"),
} as const satisfies Record<string, Job>;

export type State = keyof typeof jobIn;

function terminal(status: "COMPLETED" | "FAILED" | "CANCELLED"): Job {
  return without(sampleJob({ status, finishedAt: start + 1, usd: 1e-6, taskArn }), "step", "dueAt");
}

export function without(job: Job, ...fields: (keyof Job)[]): Job {
  const kept = Object.entries(job).filter(([field]) => !fields.includes(field as keyof Job));
  return Object.fromEntries(kept) as unknown as Job;
}

/** The job as the table holds it after a write of these changes. */
export function written(job: Job, changes: JobChanges | Partial<Job>): Job {
  const removed = Object.entries(changes).flatMap(([field, value]) => (value === undefined ? [field] : []));
  return without({ ...job, ...changes, rev: job.rev + 1 } as Job, ...(removed as (keyof Job)[]));
}

export const outOfMemory = stoppedTask(taskArn, "EssentialContainerExited", {
  exitCode: 137,
  containerReason: "OutOfMemoryError: Container killed due to memory usage",
});
export const spotReclaim = stoppedTask(taskArn, "SpotInterruption", {
  stoppedReason: "Your Spot Task was interrupted.",
});
export const infrastructureStop = stoppedTask(taskArn, "InfrastructureHealth");
export const failedStart = stoppedTask(taskArn, "TaskFailedToStart", {
  stoppedReason: "Timeout waiting for network interface provisioning to complete.",
});
export const noMachine = stoppedTask(taskArn, "TaskFailedToStart", {
  stoppedReason:
    "Capacity is unavailable at this time. Please try again later or in a different availability zone.",
});
export const imageMissing = stoppedTask(taskArn, "TaskFailedToStart", {
  stoppedReason:
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref x/y:z: x/y:z: not found",
});
export const stoppedByHand = stoppedTask(taskArn, "UserInitiated", { exitCode: 143 });
export const died = stoppedTask(taskArn, "EssentialContainerExited", { exitCode: 1 });
