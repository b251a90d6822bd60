import { decodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { cancelJob } from "../../../jobs/api/own-jobs.ts";
import type { Compute } from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { forged } from "../../support/jobs/forged.ts";
import { forgotten, inBucket, memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { outputFile } from "../../support/jobs/output-file.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, lasting, submitted, throwing } from "../../support/jobs/submitting.ts";

let world: World;
let job: Job;

beforeEach(async () => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld(inBucket);
  ({ job } = await submitted(world));
  world.calls.length = 0;
  return () => vi.useRealTimers();
});

const told = ["events.put", "store.schedulePublication"];
const now = () => world.job(job.jobId);
const launch = () => ({ jobId: job.jobId, dispatch: now().dispatch });

describe("a job that goes well", () => {
  test("is claimed, read, computed, written and finished in four calls, and told in two", async () => {
    expect(await runJob(launch(), lambdaMachine(), compute, world.ports)).toBe("completed");
    expect(world.calls).toEqual(["store.update", "objects.get", "objects.put", "store.update", ...told]);
    expect(now()).toMatchObject({
      status: "COMPLETED",
      progress: 1,
      finishedAt: start,
      outputs: { result: { shape: [2, 2], dtype: "float64", key: `jobs/${job.jobId}/out/1/result.npy` } },
      attempts: [
        {
          dispatch: 1,
          target: "lambda",
          outcome: "completed",
          memoryMiB: 1769,
          startedAt: start,
          endedAt: start,
        },
      ],
    });
    expect(now()).not.toHaveProperty("dueAt");
    expect(now()).not.toHaveProperty("leaseUntil");
  });

  test("leaves what NumPy would have computed, and its true size", async () => {
    await runJob(launch(), lambdaMachine(), compute, world.ports);
    const output = now().outputs?.result;
    const file = outputFile(output, (key) => world.bucket.get(key)) ?? new Uint8Array();
    expect(output).toMatchObject({ bytes: file.byteLength });
    // abs(fft2([[1, 2], [3, 4]])) @ default_rng(0).random((2, 2)), NumPy 2.
    const expected = [6.451563921086932, 2.7309224086957613, 2.5478467492858172, 1.0791468550554812];
    const { data } = decodeNpy(file);
    expect(data).toHaveLength(4);
    for (const [index, value] of expected.entries()) expect(data[index]).toBeCloseTo(value, 12);
  });
});

describe("only one claim wins", () => {
  test("duplicates at once: one runs, the other loses and touches nothing", async () => {
    const both = await Promise.all([
      runJob(launch(), lambdaMachine(), compute, world.ports),
      runJob(launch(), lambdaMachine(), compute, world.ports),
    ]);
    expect(both.sort()).toEqual(["completed", "lost"]);
    expect(now().attempts).toHaveLength(1);
    expect(world.calls.filter((call) => call.startsWith("objects."))).toEqual(["objects.get", "objects.put"]);
  });

  test.each([
    ["finished", async () => void (await runJob(launch(), lambdaMachine(), compute, world.ports))],
    ["cancelled", async () => void (await cancelJob(job.jobId, "local", world.ports))],
    [
      "of another dispatch",
      async () => void (await world.ports.store.update(job.jobId, {}, forged({ dispatch: 2 }))),
    ],
    ["gone", async () => void world.table.clear()],
  ])("a job that is %s is left alone", async (_how, change) => {
    await change();
    const before = structuredClone(world.table);
    const late = { jobId: job.jobId, dispatch: 1 };
    const running = runJob(late, lambdaMachine(), compute, world.ports);
    // A record that is not there may be on its way: the first message waits a second for it.
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await running).toBe("lost");
    expect(world.table).toEqual(before);
  });

  test("once given back, a job can no longer be claimed by the dispatch that gave it back", async () => {
    const { dispatch } = job;
    expect(await runJob(launch(), lambdaMachine(), throwing(new Error("S3 is down")), world.ports)).toBe(
      "released",
    );
    expect(await runJob({ jobId: job.jobId, dispatch }, lambdaMachine(), compute, world.ports)).toBe("lost");
  });
});

describe("a failure of the job's own", () => {
  test("is recorded at once and never retried", async () => {
    const singular = new Problem("compute-failed", "the matrix is singular");
    expect(await runJob(launch(), lambdaMachine(), throwing(singular), world.ports)).toBe("failed");
    expect(now()).toMatchObject({
      status: "FAILED",
      statusReason: "the matrix is singular",
      error: { code: "compute-failed", message: "the matrix is singular" },
      attempts: [{ outcome: "failed" }],
      countedAttempts: 0,
    });
    await vi.advanceTimersByTimeAsync(600_000);
    expect((await sweep(world.ports)).due).toBe(0);
  });

  test("input that has expired is such a failure", async () => {
    world.bucket.clear();
    expect(await runJob(launch(), lambdaMachine(), compute, world.ports)).toBe("failed");
    expect(now().error).toEqual({ code: "input-not-found", message: "the data of input a has expired" });
  });
});

describe("a failure of ours", () => {
  test.each([
    [
      "S3 that does not answer",
      () => world.broken.set("objects.get", [new Error("SlowDown at 10.0.0.1")]),
      compute,
    ],
    [
      "S3 that does not take the result",
      () => world.broken.set("objects.put", [new Error("InternalError")]),
      compute,
    ],
  ])("%s gives the job back, uncounted", async (_what, breakIt, work) => {
    breakIt();
    expect(await runJob(launch(), lambdaMachine(), work, world.ports)).toBe("released");
    expect(now()).toMatchObject({
      status: "PENDING",
      step: "send",
      countedAttempts: 0,
      uncountedAttempts: 1,
      progress: 0,
    });
    expect(now().statusReason).toBe("the attempt failed on our side; waiting to be run again");
    expect(now().attempts).toMatchObject([{ outcome: "released", reason: "the attempt failed on our side" }]);
    expect(now()).not.toHaveProperty("worker");
    expect(forgotten(world)).toEqual([]);
  });

  test("a finish that cannot be written gives the job back", async () => {
    let update = 0;
    world.broken.set("store.update", () => (++update === 2 ? new Error("InternalServerError") : undefined));
    expect(await runJob(launch(), lambdaMachine(), compute, world.ports)).toBe("released");
    expect(now()).toMatchObject({ status: "PENDING", uncountedAttempts: 1 });
  });

  test("when nothing can be written, it throws and the lease runs out", async () => {
    let update = 0;
    world.broken.set("store.update", () => (++update >= 2 ? new Error("InternalServerError") : undefined));
    await expect(runJob(launch(), lambdaMachine(), compute, world.ports)).rejects.toThrow(
      "InternalServerError",
    );
    expect(now().status).toBe("PROCESSING");
    world.broken.clear();
    vi.setSystemTime(start + 130_000);
    await sweep(world.ports);
    expect(now()).toMatchObject({ status: "PENDING", countedAttempts: 1 });
  });

  test.each([
    ["here", new RangeError("Array buffer allocation failed")],
    [
      "in the thread",
      new Error("The compute thread failed", { cause: new RangeError("Array buffer allocation failed") }),
    ],
    [
      "in the thread's heap",
      Object.assign(new Error("Worker terminated"), { code: "ERR_WORKER_OUT_OF_MEMORY" }),
    ],
  ])("memory that ran out %s moves the job to a larger machine", async (_where, error) => {
    await runJob(launch(), lambdaMachine(), throwing(error), world.ports);
    expect(now()).toMatchObject({ status: "PENDING", route: { target: "fargate" }, countedAttempts: 1 });
    expect(now().attempts).toMatchObject([{ outcome: "out-of-memory" }]);
  });
});

test("a computation that crashes is tried three times, and no word of its error leaves the log", async () => {
  for (const countedAttempts of [1, 2]) {
    const crash = throwing(new TypeError("secret detail of ours"));
    expect(await runJob(launch(), lambdaMachine(), crash, world.ports)).toBe("released");
    expect(now()).toMatchObject({
      status: "PENDING",
      countedAttempts,
      statusReason: expect.stringMatching(/^the computation crashed/),
    });
  }
  expect(await runJob(launch(), lambdaMachine(), throwing(new TypeError("secret")), world.ports)).toBe(
    "failed",
  );
  expect(now()).toMatchObject({ status: "FAILED", error: { code: "attempts-exhausted" } });
  expect(now().attempts.map(({ outcome }) => outcome)).toEqual(["died", "died", "died"]);
  expect(JSON.stringify(now())).not.toContain("secret");
});

test("only a first attempt on Lambda may block the thread that beats: its prediction is not yet disproved", async () => {
  const asked: boolean[] = [];
  const crashing: typeof compute = async (_work, { mayBlock }) => {
    asked.push(mayBlock);
    throw new TypeError("crash");
  };
  await runJob(launch(), lambdaMachine(), crashing, world.ports);
  await runJob(launch(), lambdaMachine(), crashing, world.ports);
  expect(asked).toEqual([true, false]);
  ({ job } = await submitted(world));
  await runJob(launch(), { target: "fargate", taskArn: "arn:task" }, crashing, world.ports);
  expect(asked).toEqual([true, false, false]);
});

/** Entries of 1e300 take expm 40 times its prediction: the values decide how often it squares. */
test.each([
  [{ operation: "expm", inputs: { a: { random: { shape: [2, 2] } } } }, true],
  [{ operation: "expm", inputs: { a: { random: { shape: [150, 150] } } } }, false],
  [
    {
      operation: "matmul",
      inputs: { a: { random: { shape: [150, 150] } }, b: { random: { shape: [150, 150] } } },
    },
    true,
  ],
  [
    {
      operation: "program",
      params: { steps: [{ as: "e", op: "expm", args: ["a"] }] },
      inputs: { a: { random: { shape: [150, 150] } } },
    },
    false,
  ],
])("%j may block the thread that beats: %s", async (body, expected) => {
  ({ job } = await submitted(world, body));
  expect(job.route.estimate.seconds).toBeLessThan(0.25);
  const asked: boolean[] = [];
  const looking: typeof compute = async (_work, { mayBlock }) => {
    asked.push(mayBlock);
    throw new TypeError("crash");
  };
  await runJob(launch(), lambdaMachine(), looking, world.ports);
  expect(asked).toEqual([expected]);
});

test.each([
  [1, false],
  [2, true],
])("inputs for %i threads are in shared memory: %s", async (vcpu, expected) => {
  const seen: boolean[] = [];
  const looking: Compute = (work, watch) => {
    for (const input of Object.values(work.inputs))
      seen.push("data" in input && input.data.buffer instanceof SharedArrayBuffer);
    return compute(work, watch);
  };
  const machine = { target: "fargate", taskArn: "arn:task", vcpu } as const;
  expect(await runJob(launch(), machine, looking, world.ports)).toBe("completed");
  expect(seen).toEqual([expected]);
});

test("a cancel ends a transfer under way", async () => {
  const { put, exists, link } = world.ports.objects;
  const objects = {
    ...{ put, exists, link },
    get: (_key: string, _range: unknown, _open: unknown, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  };
  const run = runJob(launch(), lambdaMachine(), compute, { ...world.ports, objects });
  await vi.advanceTimersByTimeAsync(100);
  await cancelJob(job.jobId, "local", world.ports);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await run).toBe("lost");
});

describe("every conditional write applied with its reply dropped", () => {
  beforeEach(() => {
    world.dropReplies = true;
  });

  test("still exactly one COMPLETED", async () => {
    expect(await runJob(launch(), lambdaMachine(), compute, world.ports)).toBe("completed");
    expect(now()).toMatchObject({ status: "COMPLETED", attempts: [{ outcome: "completed" }] });
    expect(now().attempts).toHaveLength(1);
  });

  test("and of duplicates at once one completes, one loses", async () => {
    const both = await Promise.all([
      runJob(launch(), lambdaMachine(), compute, world.ports),
      runJob(launch(), lambdaMachine(), compute, world.ports),
    ]);
    expect(both.sort()).toEqual(["completed", "lost"]);
    expect(now().attempts).toHaveLength(1);
  });

  test("a long run beats through it", async () => {
    const run = runJob(launch(), { target: "fargate" }, lasting(100_000), world.ports);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(await run).toBe("completed");
  });

  test("a failure and a release are each written once", async () => {
    world.broken.set("objects.get", [new Error("SlowDown")]);
    await runJob(launch(), lambdaMachine(), compute, world.ports);
    expect(now()).toMatchObject({ status: "PENDING", uncountedAttempts: 1, dispatch: 2 });
    expect(
      await runJob(launch(), lambdaMachine(), throwing(new Problem("compute-failed", "no")), world.ports),
    ).toBe("failed");
    expect(now().attempts.map(({ outcome }) => outcome)).toEqual(["released", "failed"]);
  });
});
