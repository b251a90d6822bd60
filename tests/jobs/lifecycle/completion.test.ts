import { beforeEach, describe, expect, test, vi } from "vitest";
import { cancelJob, retryJob } from "../../../jobs/api/own-jobs.ts";
import { jobUsd } from "../../../jobs/cost/bill.ts";
import { lanes } from "../../../jobs/lanes/table.ts";
import { measuresOf } from "../../../jobs/lifecycle/measures.ts";
import { settle } from "../../../jobs/lifecycle/settle.ts";
import type { Job } from "../../../jobs/record.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { timing } from "../../../jobs/timing.ts";
import { memoryWorld, stoppedTask, type World } from "../../support/jobs/memory-ports.ts";
import { died, fargateRoute, lambdaRoute, sampleJob, start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, submitted, throwing } from "../../support/jobs/submitting.ts";

let world: World;
let job: Job;
beforeEach(async () => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  ({ job } = await submitted(world));
  world.measures.length = 0;
  return () => vi.useRealTimers();
});

const now = () => world.job(job.jobId);
const run = (how = compute) => runJob(now(), lambdaMachine(), how, world.ports);
const refusing = () => world.broken.set("events.put", () => new Error("AccessDeniedException"));
async function minutes(count: number) {
  for (let minute = 0; minute < count; minute++) {
    await vi.advanceTimersByTimeAsync(60_000);
    await sweep(world.ports);
  }
}

describe("an end", () => {
  test("is announced once it is written, by whoever wrote it", async () => {
    world.broken.set("events.put", () => {
      expect(now().status).toBe("COMPLETED");
      return undefined;
    });
    await run();
    expect(world.events).toMatchObject([
      { id: `${job.jobId}-1-COMPLETED`, status: "COMPLETED", attempts: 1 },
    ]);
    expect(now()).not.toHaveProperty("dueAt");
    world.broken.clear();
    await cancelJob((await submitted(world)).job.jobId, "local", world.ports);
    expect(world.events.map(({ status }) => status)).toEqual(["COMPLETED", "CANCELLED"]);
  });

  test("that nobody takes fails no job, and sweep announces it once somebody does", async () => {
    refusing();
    expect(await run()).toBe("completed");
    const ended = now();
    expect(ended).toMatchObject({ status: "COMPLETED", dueAt: start + timing.publish });
    await minutes(1);
    // Put off, so that it does not stand before jobs that sweep could move.
    expect(now().dueAt).toBe(start + 60_000 + timing.publishAgain);
    await minutes(4);
    world.broken.clear();
    expect(world.events).toEqual([]);
    await minutes(1);
    expect(world.events).toHaveLength(1);
    const { dueAt: _, ...told } = ended;
    expect(now()).toEqual(told);
    expect(world.measures).toHaveLength(1);
  });

  test("that was told, but not noted, is told again: at least once", async () => {
    world.broken.set("store.schedulePublication", [new Error("InternalServerError")]);
    await run();
    await minutes(1);
    expect(world.events.map(({ id }) => id)).toEqual([
      `${job.jobId}-1-COMPLETED`,
      `${job.jobId}-1-COMPLETED`,
    ]);
  });

  test("is told before a retry makes it one of the past", async () => {
    world.broken.set("events.put", [new Error("InternalServerError")]);
    await cancelJob(job.jobId, "local", world.ports);
    await retryJob(job.jobId, "local", world.ports);
    expect(world.events).toMatchObject([{ status: "CANCELLED", run: 1 }]);
    // What the next run is due for is its own.
    expect(now()).toMatchObject({ status: "PENDING", run: 2, dueAt: start + timing.answer });
  });
});

describe("the stage's numbers", () => {
  test("count an end where it is written, on every way to it", async () => {
    await run();
    const other = (await submitted(world)).job.jobId;
    await vi.advanceTimersByTimeAsync(3_600_000 * 6);
    await sweep(world.ports);
    expect(world.job(other).status).toBe("FAILED");
    const counted = world.measures.map(({ JobsAccepted, JobsCompleted, JobsFailed }) => [
      JobsAccepted ?? 0,
      JobsCompleted ?? 0,
      JobsFailed ?? 0,
    ]);
    expect(counted).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });

  test("take a job given back as one that goes on, and a cancelled one as neither", async () => {
    await run(throwing(new TypeError("a bug")));
    expect(world.measures).toEqual([]);
    await cancelJob(job.jobId, "local", world.ports);
    const [measures] = world.measures;
    expect(measures).not.toHaveProperty("JobsFailed");
    expect(measures?.LambdaUsd).toBeGreaterThan(0);
  });

  test("are a run's own: an earlier one was counted at its end", () => {
    const hour = 3_600_000;
    const attempt = (at: number, seconds: number, target: "lambda" | "fargate") => ({
      dispatch: at,
      target,
      engine: "reference 1",
      startedAt: at,
      endedAt: at + seconds * 1000,
      memoryMiB: 4096,
      vcpu: 2,
    });
    const retried = sampleJob({
      status: "COMPLETED",
      run: 2,
      createdAt: start,
      deadlineAt: start + hour + 3_600_000,
      route: fargateRoute,
      attempts: [
        attempt(start + 1000, 50, "lambda"),
        attempt(start + hour + 5000, 20, "lambda"),
        attempt(start + hour + 90_000, 300, "fargate"),
      ],
    });
    const machine = { memoryMiB: 4096, vcpu: 2 };
    const both = [
      { target: "lambda", ...machine, seconds: 20 },
      { target: "fargate", ...machine, seconds: 300 },
    ] as const;
    const fargateUsd = lanes.fargate.usd(machine, 300);
    const arrays = { inputs: retried.inputs, outputs: retried.outputSpecs };
    expect(measuresOf(retried)).toEqual({
      JobsCompleted: 1,
      QueueSeconds: 5,
      ComputeSeconds: 320,
      ActualOverPredicted: 300 / 600,
      LambdaUsd: jobUsd(arrays, both) - fargateUsd,
      FargateUsd: fargateUsd,
    });
  });

  test("compare with the prediction only what was long enough to predict", () => {
    const estimate = { ...lambdaRoute.estimate, seconds: 0.01 };
    const attempts = [
      { dispatch: 1, target: "lambda", engine: "e", startedAt: start, endedAt: start + 30 } as const,
    ];
    const short = sampleJob({ status: "COMPLETED", attempts, route: { ...lambdaRoute, estimate } });
    expect(measuresOf(short)).not.toHaveProperty("ActualOverPredicted");
    const cancelled = sampleJob({ status: "CANCELLED" });
    const accepted = jobUsd({ inputs: cancelled.inputs, outputs: cancelled.outputSpecs }, []);
    expect(measuresOf(cancelled)).toEqual({ LambdaUsd: accepted });
  });
});

describe("failed tasks", () => {
  const launched = async () => {
    const { job: large } = await submitted(world, { target: "fargate", dataMatrix: [[1]] });
    const message = world.messages.at(-1);
    if (message) await work(message, lambdaMachine(), compute, world.ports);
    return large.jobId;
  };
  const failures = () => world.measures.filter(({ TasksFailed }) => TasksFailed === 1).length;
  const stopped = async (how: ReturnType<typeof stoppedTask>) => {
    const jobId = await launched();
    const taskArn = world.job(jobId).taskArn ?? "";
    const launch = { jobId, dispatch: world.job(jobId).dispatch };
    // EventBridge delivers at least once.
    for (let time = 0; time < 2; time++) await settle(launch, { ...how, taskArn }, world.ports);
  };

  test("are counted once each, however often the event comes", async () => {
    await stopped(died);
    expect(failures()).toBe(1);
  });

  test.each(["SpotInterruption", "UserInitiated"])("are not those of a %s", async (stopCode) => {
    await stopped(stoppedTask("", stopCode));
    expect(failures()).toBe(0);
  });

  test("are those that never took their job, too", async () => {
    await launched();
    await minutes(12);
    expect(failures()).toBe(1);
  });

  test.each([
    ["configuration", 1],
    ["capacity", 0],
  ] as const)("after a refusal for %s: %i", async (kind, count) => {
    world.refusals.push({ kind, detail: "" });
    await launched();
    expect(failures()).toBe(count);
  });
});

test("a job that passes of sweep did not move is overdue after five minutes, and counted once a pass", async () => {
  // DynamoDB does not answer for it, pass after pass.
  world.broken.set("store.get", () => new Error("InternalServerError"));
  const overdue = async (minutes: number) => {
    await vi.advanceTimersByTimeAsync(minutes * 60_000);
    return (await sweep(world.ports)).overdue;
  };
  expect(await overdue(2)).toBe(0);
  expect(await overdue(5)).toBe(1);
  world.broken.set("store.due", () => new Error("InternalServerError"));
  // Nothing can be said, and nothing is.
  expect(await overdue(1)).toBeUndefined();
});
