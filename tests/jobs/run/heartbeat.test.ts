import { beforeEach, describe, expect, test, vi } from "vitest";
import { cancelJob } from "../../../jobs/api/own-jobs.ts";
import type { Job } from "../../../jobs/record.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { forged } from "../../support/jobs/forged.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, lasting, submitted } from "../../support/jobs/submitting.ts";

let world: World;
let job: Job;

beforeEach(async () => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  ({ job } = await submitted(world, { dataMatrix: [[1]], maxSeconds: 3600 }));
  world.calls.length = 0;
  return () => vi.useRealTimers();
});

const now = () => world.job(job.jobId);
const launch = () => ({ jobId: job.jobId, dispatch: 1 });
const onFargate = (seconds: number, signal?: AbortSignal) =>
  runJob(
    launch(),
    { target: "fargate", taskArn: "arn:task", ...(signal ? { signal } : {}) },
    lasting(seconds * 1000),
    world.ports,
  );

describe("a long run", () => {
  test("renews its lease every 15 s and says how far it is", async () => {
    const run = onFargate(40);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(now()).toMatchObject({
      leaseUntil: start + 60_000,
      dueAt: start + 60_000,
      progress: 0,
      taskArn: "arn:task",
    });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(now()).toMatchObject({ progress: 0.5 });
    expect(now().leaseUntil).toBeGreaterThanOrEqual(start + 75_000);
    expect(now().dueAt).toBe(now().leaseUntil);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await run).toBe("completed");
    // Between beats it looks every second; beats are writes, looks are reads.
    expect(world.calls.filter((call) => call === "store.update")).toHaveLength(4);
    expect(world.calls.filter((call) => call === "store.get").length).toBeGreaterThanOrEqual(36);
  });

  test("is never swept while it beats", async () => {
    const run = onFargate(600);
    for (let minute = 0; minute < 9; minute++) {
      await vi.advanceTimersByTimeAsync(60_000);
      await sweep(world.ports);
      expect(now()).toMatchObject({ status: "PROCESSING", dispatch: 1 });
    }
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await run).toBe("completed");
  });

  test("goes on through beats that fail for a while", async () => {
    const run = onFargate(50);
    world.broken.set("store.get", () => new Error("ThrottlingException"));
    let updates = 0;
    world.broken.set("store.update", () => (++updates < 3 ? new Error("ThrottlingException") : undefined));
    await vi.advanceTimersByTimeAsync(50_000);
    expect(await run).toBe("completed");
    expect(world.log.filter(({ message }) => message === "beat failed").length).toBeGreaterThan(10);
  });

  test("on Lambda never leases past the function's own death", async () => {
    const run = runJob(launch(), lambdaMachine(60), lasting(50_000), world.ports);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(now()).toMatchObject({ leaseUntil: start + 45_000 });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(now()).toMatchObject({ leaseUntil: start + 70_000, progress: 0.5 });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await run).toBe("completed");
  });

  test("leaves no timer behind", async () => {
    const run = onFargate(3);
    await vi.advanceTimersByTimeAsync(3_000);
    await run;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a job that is taken away", () => {
  test("by cancel: the computation stops within 2 s and the record stays as cancel left it", async () => {
    const run = onFargate(600);
    await vi.advanceTimersByTimeAsync(20_300);
    await cancelJob(job.jobId, "local", world.ports);
    const asCancelled = structuredClone(now());
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await run).toBe("lost");
    expect(now()).toEqual(asCancelled);
    expect(asCancelled).toMatchObject({ status: "CANCELLED", attempts: [{ outcome: "cancelled" }] });
  });

  test("by cancel, while every read fails: the next beat notices", async () => {
    const run = onFargate(600);
    await vi.advanceTimersByTimeAsync(1_000);
    await cancelJob(job.jobId, "local", world.ports);
    world.broken.set("store.get", () => new Error("ThrottlingException"));
    await vi.advanceTimersByTimeAsync(16_000);
    expect(await run).toBe("lost");
  });

  test("by another dispatch: the late result is fenced off", async () => {
    const run = onFargate(30);
    await vi.advanceTimersByTimeAsync(29_500);
    await world.ports.store.update(
      job.jobId,
      {},
      forged({ dispatch: 2, status: "PENDING", worker: undefined }),
    );
    const moved = structuredClone(now());
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await run).toBe("lost");
    expect(now()).toEqual(moved);
  });

  test("by the clock: FAILED deadline-exceeded", async () => {
    const run = onFargate(7200);
    await vi.advanceTimersByTimeAsync(3_601_000);
    expect(await run).toBe("failed");
    expect(now()).toMatchObject({
      status: "FAILED",
      error: { code: "deadline-exceeded", message: "the job did not finish within 3600 s" },
      attempts: [{ outcome: "failed" }],
    });
  });

  test("by SIGTERM: given back at once, uncounted", async () => {
    const machine = new AbortController();
    const run = onFargate(600, machine.signal);
    await vi.advanceTimersByTimeAsync(5_500);
    machine.abort();
    expect(await run).toBe("released");
    expect(Date.now()).toBe(start + 5_500);
    expect(now()).toMatchObject({ status: "PENDING", step: "send", uncountedAttempts: 1, spotReclaims: 1 });
    expect(now().attempts).toMatchObject([
      { outcome: "interrupted", reason: "the machine is being taken away" },
    ]);
  });

  test("by a SIGTERM that came before the claim", async () => {
    expect(await onFargate(600, AbortSignal.abort())).toBe("released");
    expect(now()).toMatchObject({ status: "PENDING", uncountedAttempts: 1 });
  });

  test("by the Lambda's time-out: released in time and sent to Fargate", async () => {
    const run = runJob(launch(), lambdaMachine(120), lasting(600_000), world.ports);
    await vi.advanceTimersByTimeAsync(115_000);
    expect(await run).toBe("released");
    expect(now()).toMatchObject({
      status: "PENDING",
      step: "send",
      countedAttempts: 1,
      route: { target: "fargate" },
      attempts: [
        { target: "lambda", outcome: "released", reason: "the Lambda function was about to time out" },
      ],
    });
    expect(now().route.reason).toMatch(/^the Lambda function was about to time out; now 1 vCPU and \d+ MiB$/);
    await vi.advanceTimersByTimeAsync(60_000);
    await sweep(world.ports);
    expect(world.messages.at(-1)).toMatchObject({ target: "fargate", dispatch: now().dispatch });
  });
});

test("a tiny job is never looked at while it runs: it is over before", async () => {
  expect(await runJob(launch(), lambdaMachine(), compute, world.ports)).toBe("completed");
  expect(world.calls).not.toContain("store.get");
});
