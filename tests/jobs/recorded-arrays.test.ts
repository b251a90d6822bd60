import { encodeNpy } from "@sluice/contract/npy";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { listJobs } from "../../jobs/api/list.ts";
import { retryJob } from "../../jobs/api/own-jobs.ts";
import { resultHead, resultOf } from "../../jobs/api/result.ts";
import { jobView } from "../../jobs/api/view.ts";
import { sha256 } from "../../jobs/ids.ts";
import type { Job } from "../../jobs/record.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { accept } from "../../jobs/submit/accept.ts";
import { memoryWorld, type World } from "../support/jobs/memory-ports.ts";
import { outputFile } from "../support/jobs/output-file.ts";
import { start } from "../support/jobs/sample-jobs.ts";
import { lambdaMachine } from "../support/jobs/submitting.ts";

/** Small inputs and results, whose `.npy` the record holds itself: docs/adr/0044-small-arrays-in-the-record.md. */
let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

const product = { operation: "matmul", inputs: { a: { data: [[1, 2]] }, b: { data: [[3], [4]] } } };
const file = encodeNpy({ shape: [1, 1], dtype: "float64", data: Float64Array.of(11) });

async function asked(body: unknown, waits = false): Promise<Job> {
  const request = { requestHash: sha256(JSON.stringify(body)) };
  const engine = waits ? compute : undefined;
  const { job } = await accept(validate(submitBody, body), "local", request, world.ports, engine);
  return job;
}

async function worked(): Promise<string> {
  const message = world.messages.shift();
  if (!message) throw new Error("no message was sent");
  return work(message, lambdaMachine(), compute, world.ports);
}

const now = ({ jobId }: Job) => world.job(jobId);

describe("a job whose arrays are small", () => {
  test("behind the queue touches no bucket, and its message names no input", async () => {
    const job = await asked(product);
    expect(world.calls).toEqual(["store.create", "queue.send"]);
    expect(world.messages).toMatchObject([{ jobId: job.jobId }]);
    expect(world.messages[0]).not.toHaveProperty("reads");
    expect(now(job)).toMatchObject({ v: 2, inputs: { a: { shape: [1, 2], dtype: "float64" } } });
    world.calls.length = 0;
    expect(await worked()).toBe("completed");
    expect(world.calls.slice(0, 2)).toEqual(["store.update", "store.update"]);
    expect(world.bucket.size).toBe(0);
    expect(now(job).outputs).toEqual({ result: { shape: [1, 1], dtype: "float64", npy: file } });
  });

  test("is without its inputs once it is COMPLETED: it never runs again", async () => {
    const job = await asked(product);
    await worked();
    expect(now(job).inputs).toEqual({
      a: { shape: [1, 2], dtype: "float64", used: true },
      b: { shape: [2, 1], dtype: "float64", used: true },
    });
  });

  test("keeps its inputs when it fails, for its retry", async () => {
    const job = await asked({ operation: "inv", dataMatrix: [[0]] });
    expect(await worked()).toBe("failed");
    await retryJob(job.jobId, "local", world.ports);
    expect(await worked()).toBe("failed");
    expect(now(job)).toMatchObject({ run: 2, error: { code: "singular-matrix" } });
  });

  test("answered at once is one call", async () => {
    const job = await asked(product, true);
    expect(world.calls.slice(0, 1)).toEqual(["store.create"]);
    expect(world.bucket.size).toBe(0);
    expect(now(job)).toMatchObject({ v: 2, status: "COMPLETED", outputs: { result: { npy: file } } });
  });

  test("has a record of version 1 where the stage keeps arrays in the bucket", async () => {
    world = memoryWorld({ recordArrays: false });
    const job = await asked(product);
    expect(await worked()).toBe("completed");
    expect(now(job)).toMatchObject({ v: 1, outputs: { result: { key: expect.any(String) } } });
    expect(world.bucket.size).toBe(2);
  });

  test("gives the bytes that it gives by way of the bucket", async () => {
    const body = { dataMatrix: [[1, 2.5, -0, 1e-310]], params: { seed: 3 } };
    const job = await asked(body);
    await worked();
    const inRecord = outputFile(now(job).outputs?.result, () => undefined);
    world = memoryWorld({ recordArrays: false });
    await asked(body);
    await worked();
    expect(inRecord).toEqual([...world.bucket.values()].at(-1));
  });
});

describe("the output of such a job", () => {
  const completed = async () => {
    const job = await asked(product);
    await worked();
    world.calls.length = 0;
    return now(job);
  };

  test("is in the job's view as data, without a link and without a call", async () => {
    const view = await jobView(await completed(), world.ports);
    expect(view.outputs?.result).toMatchObject({ shape: [1, 1], dtype: "float64", bytes: file.byteLength });
    expect(JSON.stringify(view.outputs?.result?.data)).toBe("[[11]]");
    expect(view.outputs?.result).not.toHaveProperty("url");
    expect(world.calls).toEqual([]);
  });

  test.each([
    ["application/x-npy", { bytes: file }],
    ["application/json", { view: { shape: [1, 1], dtype: "float64" } }],
    ["text/csv", { text: "11\n" }],
    ["application/zip", {}],
  ] as const)("is had as %s without a call", async (type, expected) => {
    const result = await resultOf(await completed(), "result", [type], world.ports);
    expect(result).toMatchObject({ type, ...expected });
    expect(world.calls).toEqual([]);
  });

  test("has its size in a HEAD", async () => {
    expect(await resultHead(await completed(), "result", world.ports)).toEqual({
      ...{ shape: [1, 1], dtype: "float64", bytes: file.byteLength },
    });
  });

  test("is in no list", async () => {
    await completed();
    const { jobs } = await listJobs("local", { limit: 20 }, world.ports);
    expect(jobs[0]?.outputs).toEqual({ result: { shape: [1, 1], dtype: "float64", bytes: file.byteLength } });
  });

  test("is copied into the record of a job that takes it, before and after it is made", async () => {
    const parent = await asked(product);
    const body = { operation: "transpose", inputs: { a: { job: parent.jobId } } };
    const early = await asked(body);
    expect(now(early).v).toBe(1);
    await worked();
    expect(now(early)).toMatchObject({ v: 2, step: "sent", inputs: { a: { npy: file } } });
    const late = await asked(body);
    expect(now(late).inputs).toMatchObject({ a: { npy: file } });
    expect([await worked(), await worked()]).toEqual(["completed", "completed"]);
    for (const job of [early, late]) expect(now(job).outputs?.result).toMatchObject({ npy: file });
    expect(world.bucket.size).toBe(0);
  });
});

test("a record that holds another array than it says fails its job", async () => {
  const job = await asked(product);
  const { a } = now(job).inputs;
  world.table.set(job.jobId, {
    ...now(job),
    inputs: { ...now(job).inputs, a: { ...a, shape: [2, 1], dtype: "float64", npy: file } },
  });
  expect(await worked()).toBe("failed");
  expect(now(job).error).toMatchObject({ code: "invalid-npy" });
});
