import { stringify } from "@sluice/compute/json/json-text";
import type { ArraySpec, DenseArray } from "@sluice/contract/array";
import { resultTypes } from "@sluice/contract/job";
import { encodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { listJobs } from "../../../jobs/api/list.ts";
import { resultOf } from "../../../jobs/api/result.ts";
import { jobView, statusView } from "../../../jobs/api/view.ts";
import { waitForEnd } from "../../../jobs/api/wait.ts";
import type { Job } from "../../../jobs/record.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { jobIn, sampleJob, start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, lasting, submitted } from "../../support/jobs/submitting.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

/** A COMPLETED job with this result. */
function completedWith(spec: ArraySpec, fill: (index: number) => number = (index) => index): Job {
  const length =
    spec.shape.reduce((product, extent) => product * extent, 1) * (spec.dtype === "complex128" ? 2 : 1);
  const data =
    spec.dtype === "float32"
      ? Float32Array.from({ length }, (_, index) => fill(index))
      : Float64Array.from({ length }, (_, index) => fill(index));
  const array: DenseArray = { ...spec, data };
  const file = encodeNpy(array);
  const key = "jobs/x/out/1/result.npy";
  world.bucket.set(key, file);
  return { ...jobIn.COMPLETED, outputs: { result: { ...spec, key, bytes: file.byteLength } } };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no problem",
    (error) => (error as Problem).code,
  );
/** What the caller reads. */
const asRead = (answer: unknown) => JSON.parse(stringify(answer));
const any = resultTypes;
const jsonOnly = ["application/json"] as const;

describe("a result", () => {
  test("small: as JSON, non-finite numbers as words", async () => {
    const values = [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const job = completedWith({ shape: [2, 2], dtype: "float64" }, (index) => values[index] ?? 0);
    expect(asRead(await resultOf(job, "result", any, world.ports))).toEqual({
      type: "application/json",
      view: {
        result: [
          [1.5, "NaN"],
          ["Infinity", "-Infinity"],
        ],
        shape: [2, 2],
        dtype: "float64",
      },
    });
  });

  test("complex: as re and im", async () => {
    const job = completedWith({ shape: [2], dtype: "complex128" });
    expect(asRead(await resultOf(job, "result", any, world.ports))).toMatchObject({
      view: { result: { re: [0, 2], im: [1, 3] } },
    });
  });

  test("as .npy when asked for: a link, and S3 is not read", async () => {
    const job = completedWith({ shape: [2, 2], dtype: "float64" });
    const link = await resultOf(job, "result", ["application/x-npy"], world.ports);
    expect(link).toEqual({
      type: "application/x-npy",
      url: `https://bucket.test/jobs/x/out/1/result.npy?name=${job.jobId}-result.npy`,
    });
    expect(world.calls).toEqual(["objects.link"]);
  });

  test.each([
    ["too large by far: not even read", 2_700_000, ["objects.link"]],
    ["too large by its text", 400_000, ["objects.get", "objects.link"]],
  ])("%s", async (_what, length, calls) => {
    const job = completedWith({ shape: [length], dtype: "float64" }, (index) => Math.sin(index));
    expect(await resultOf(job, "result", any, world.ports)).toMatchObject({
      url: expect.stringContaining("https://"),
    });
    expect(world.calls).toEqual(calls);
    const refused = await resultOf(job, "result", jsonOnly, world.ports).catch((error) => error);
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({
      code: "result-too-large",
      status: 413,
      place: { url: expect.stringContaining("https://"), expected: "Accept: application/x-npy" },
    });
  });

  test("all NaN, whose quotes count twice inside Lambda's answer: a link above 6 MB there", async () => {
    // 700,000 × `"NaN",` is 4.2 MB of text, and 5.6 MB once its quotes are escaped.
    const job = completedWith({ shape: [700_000], dtype: "float64" }, () => Number.NaN);
    expect(await resultOf(job, "result", any, world.ports)).toMatchObject({ url: expect.any(String) });
    const shorter = completedWith({ shape: [600_000], dtype: "float64" }, () => Number.NaN);
    expect(await resultOf(shorter, "result", any, world.ports)).toMatchObject({ view: { shape: [600_000] } });
  });

  test("many dimensions of one, whose brackets outweigh the numbers: a link", async () => {
    const job = completedWith({ shape: [200_000, 1, 1, 1, 1, 1, 1, 1], dtype: "float64" }, Math.sin);
    expect(await resultOf(job, "result", any, world.ports)).toMatchObject({ url: expect.any(String) });
  });

  test("large but short to write: as JSON", async () => {
    const job = completedWith({ shape: [2_600_000], dtype: "float64" }, () => 0);
    expect(await resultOf(job, "result", jsonOnly, world.ports)).toMatchObject({
      view: { shape: [2_600_000] },
    });
  });

  test("expired: 410", async () => {
    const job = completedWith({ shape: [2], dtype: "float64" });
    world.bucket.clear();
    expect(await codeOf(resultOf(job, "result", any, world.ports))).toBe("expired");
  });

  test.each([
    [jobIn.sent, "not-finished"],
    [jobIn.lambda, "not-finished"],
    [jobIn.CANCELLED, "cancelled"],
    [{ ...jobIn.FAILED, error: { code: "no-capacity" as const, message: "none" } }, "failed"],
  ])("of a job that has none", async (job, code) => {
    expect(await codeOf(resultOf(job, "result", any, world.ports))).toBe(code);
  });

  test("by a name it does not have: says which there are", async () => {
    const job = completedWith({ shape: [2], dtype: "float64" });
    const problem = await resultOf(job, "u", any, world.ports).catch((error) => error);
    expect(problem).toMatchObject({
      code: "output-not-found",
      message: "output: expected one of result, got u",
    });
  });
});

describe("waiting for the end", () => {
  test("returns as soon as the job is terminal", async () => {
    const { job } = await submitted(world);
    void runJob({ jobId: job.jobId, dispatch: 1 }, lambdaMachine(), lasting(900), world.ports);
    const waited = waitForEnd(job, 20, world.ports);
    await vi.advanceTimersByTimeAsync(1_500);
    const { job: latest, granted } = await waited;
    expect(latest.status).toBe("COMPLETED");
    expect(granted).toBe(20);
    expect(world.freeWaitSlots).toBe(50);
    expect(world.calls.filter((call) => call === "store.get").length).toBeLessThan(15);
  });

  test("gives up when the time is up, and gives the slot back", async () => {
    const { job } = await submitted(world);
    const waited = waitForEnd(job, 5, world.ports);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(world.freeWaitSlots).toBe(49);
    await vi.advanceTimersByTimeAsync(1);
    expect((await waited).job.status).toBe("PENDING");
    expect(Date.now()).toBe(start + 5_000);
    expect(world.freeWaitSlots).toBe(50);
  });

  test("waits a quarter of a second and no longer when every slot is taken", async () => {
    world.freeWaitSlots = 0;
    const { job } = await submitted(world);
    const waited = waitForEnd(job, 20, world.ports).then((answer) => ({ ...answer, at: Date.now() }));
    await vi.advanceTimersByTimeAsync(2_000);
    const { job: latest, granted, at } = await waited;
    expect([latest.status, granted]).toEqual(["PENDING", undefined]);
    expect(at).toBeLessThanOrEqual(start + 500);
  });

  test("needs no slot for a job that ends within a quarter of a second", async () => {
    world.freeWaitSlots = 0;
    const { job } = await submitted(world);
    void runJob({ jobId: job.jobId, dispatch: 1 }, lambdaMachine(), lasting(30), world.ports);
    const waited = waitForEnd(job, 20, world.ports);
    await vi.advanceTimersByTimeAsync(250);
    expect((await waited).job.status).toBe("COMPLETED");
    expect(world.calls).not.toContain("waitSlots.take");
  });

  test("does not take a slot for a job that has ended", async () => {
    await waitForEnd(jobIn.COMPLETED, 20, world.ports);
    expect(world.calls).toEqual([]);
  });

  test("gives the slot back when a read fails", async () => {
    const { job } = await submitted(world);
    world.broken.set("store.get", [new Error("InternalServerError")]);
    const waited = waitForEnd(job, 5, world.ports).catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(500);
    expect(await waited).toBe("InternalServerError");
    expect(world.freeWaitSlots).toBe(50);
  });
});

describe("the list", () => {
  async function three(): Promise<string[]> {
    const jobIds: string[] = [];
    for (let index = 0; index < 3; index++) {
      vi.setSystemTime(start + index * 1000);
      jobIds.push((await submitted(world)).job.jobId);
    }
    await submitted(world, undefined, { owner: "iam:other" });
    return jobIds.reverse();
  }

  test("is one owner's, newest first, page by page", async () => {
    const expected = await three();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof listJobs>> = await listJobs(
        "local",
        { limit: 2, cursor },
        world.ports,
      );
      seen.push(...page.jobs.map(({ jobId }) => jobId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(expected);
  });

  test("keeps its place while new jobs come in, and within one millisecond", async () => {
    for (let index = 0; index < 7; index++) await submitted(world);
    const first = await listJobs("local", { limit: 3 }, world.ports);
    vi.setSystemTime(start + 1);
    await submitted(world);
    const second = await listJobs("local", { limit: 100, cursor: first.nextCursor }, world.ports);
    const seen = [...first.jobs, ...second.jobs].map(({ jobId }) => jobId);
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
  });

  test("by status: looks further until the page is full, in bounded steps", async () => {
    const jobIds = await three();
    const last = jobIds.at(-1) ?? "";
    await runJob({ jobId: last, dispatch: 1 }, lambdaMachine(), compute, world.ports);
    const completed = await listJobs("local", { status: "COMPLETED", limit: 1 }, world.ports);
    expect(completed.jobs.map(({ jobId }) => jobId)).toEqual([last]);
    for (let index = 0; index < 30; index++) await submitted(world);
    world.calls.length = 0;
    vi.setSystemTime(start + 10_000);
    for (let index = 0; index < 20; index++) await submitted(world);
    world.calls.length = 0;
    const some = await listJobs("local", { status: "COMPLETED", limit: 1 }, world.ports);
    expect(world.calls.filter((call) => call === "store.list")).toHaveLength(10);
    expect(some).toMatchObject({ jobs: [], nextCursor: expect.any(String) });
  });

  test.each(["", "x", "e30", Buffer.from("2026-11-23").toString("base64url"), "%00"])(
    "a cursor it never gave out is 400: %j",
    async (cursor) => {
      const problem = await listJobs("local", { limit: 2, cursor }, world.ports).catch((error) => error);
      expect(problem).toMatchObject({ code: "bad-cursor", status: 400, place: { field: "cursor" } });
    },
  );

  test("another owner's cursor opens only one's own jobs", async () => {
    await three();
    const { nextCursor } = await listJobs("local", { limit: 1 }, world.ports);
    const others = await listJobs("iam:other", { limit: 10, cursor: nextCursor }, world.ports);
    for (const { jobId } of others.jobs) expect(world.job(jobId).owner).toBe("iam:other");
  });
});

describe("the view", () => {
  test("of a job from start to end says what the contract says", async () => {
    const { job } = await submitted(world, {
      dataMatrix: [
        [1, 2],
        [3, 4],
      ],
      labels: { team: "x" },
    });
    vi.setSystemTime(start + 500);
    await runJob({ jobId: job.jobId, dispatch: 1 }, lambdaMachine(), compute, world.ports);
    const view = await jobView(world.job(job.jobId), world.ports, { withData: true });
    expect(asRead(view)).toMatchObject({
      jobId: job.jobId,
      status: "COMPLETED",
      statusReason: "finished",
      operation: "spectral-projection",
      params: { seed: 0, columns: 2 },
      labels: { team: "x" },
      inputs: { a: { shape: [2, 2], dtype: "float64", bytes: 32 } },
      progress: 1,
      route: { target: "lambda", memoryMiB: 1769, vcpu: 1 },
      attempts: [
        {
          attempt: 1,
          target: "lambda",
          memoryMiB: 1769,
          outcome: "completed",
          startedAt: "2026-11-23T12:00:00.500Z",
        },
      ],
      outputs: {
        result: {
          shape: [2, 2],
          dtype: "float64",
          data: [[expect.any(Number), expect.any(Number)], expect.any(Array)],
        },
      },
      timings: { queuedSeconds: 0.5, computeSeconds: 0, totalSeconds: 0.5 },
      links: {
        self: `/jobs/${job.jobId}`,
        status: `/jobs/${job.jobId}/status`,
        result: `/jobs/${job.jobId}/result`,
      },
      createdAt: "2026-11-23T12:00:00.000Z",
    });
    expect(view.cost?.usd).toBeGreaterThan(0);
    // Nothing of the inside: no owner, no fence, no worker, no key.
    expect(JSON.stringify(view)).not.toMatch(
      /"(owner|dispatch|rev|worker|writeId|requestHash|key|taskArn|leaseUntil)"/,
    );
  });

  test("has no cost and no outputs before the end, and an error only when failed", async () => {
    for (const state of ["sent", "lambda", "CANCELLED"] as const) {
      const view = await jobView(jobIn[state], world.ports);
      expect(view).not.toHaveProperty("outputs");
      expect(view).not.toHaveProperty("error");
      expect("cost" in view).toBe(state === "CANCELLED");
    }
  });

  test("leaves data out when it does not fit", async () => {
    const job = completedWith({ shape: [400_000], dtype: "float64" }, (index) => Math.sin(index));
    const { outputs } = await jobView(job, world.ports, { withData: true });
    expect(outputs?.result).toMatchObject({ url: expect.any(String) });
    expect(outputs?.result).not.toHaveProperty("data");
  });

  test("of the status is five fields", () => {
    expect(statusView(sampleJob({ progress: 0.25 }))).toEqual({
      jobId: sampleJob().jobId,
      status: "PENDING",
      statusReason: "waiting in the queue",
      progress: 0.25,
      updatedAt: "2026-11-23T12:00:00.000Z",
    });
  });
});
