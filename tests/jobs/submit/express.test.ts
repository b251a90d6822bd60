import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { retryJob } from "../../../jobs/api/own-jobs.ts";
import { jobView } from "../../../jobs/api/view.ts";
import { sha256 } from "../../../jobs/ids.ts";
import type { Compute } from "../../../jobs/ports.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { accept } from "../../../jobs/submit/accept.ts";
import { ExpressLoad, express } from "../../../jobs/submit/express.ts";
import { prepare } from "../../../jobs/submit/prepare.ts";
import type { Accepted } from "../../../jobs/submit/submit.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { forgotten, inBucket, memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, throwing } from "../../support/jobs/submitting.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld(inBucket);
  return () => vi.useRealTimers();
});

const small = { operation: "matmul", inputs: { a: { data: [[1, 2]] }, b: { data: [[3], [4]] } } };
const singular = { operation: "inv", dataMatrix: [[0]] };

/** As functions/submit.ts does for a caller who waits. */
function asked(body: unknown = small, idempotencyKey?: string, engine: Compute = compute): Promise<Accepted> {
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  const request = { requestHash: sha256(JSON.stringify(body)), ...key };
  return accept(validate(submitBody, body), "local", request, world.ports, engine);
}

const ordinary = ["objects.put", "store.create", "queue.send"];

describe("a small job whose caller waits", () => {
  test("is two calls, in this order: result, record", async () => {
    const { job, results } = await asked();
    expect(world.calls).toEqual(["objects.put", "store.create"]);
    expect(world.messages).toEqual([]);
    expect(results?.result).toMatchObject({ shape: [1, 1], data: Float64Array.of(11) });
    expect(world.job(job.jobId)).toMatchObject({ status: "COMPLETED", rev: 1, dispatch: 1, run: 1 });
  });

  test("looks as any other that has ended", async () => {
    const { job, results = {} } = await asked();
    world.calls.length = 0;
    const view = await jobView(job, world.ports, { withData: true, results });
    expect(view).toMatchObject({
      status: "COMPLETED",
      progress: 1,
      inputs: { a: { shape: [1, 2], dtype: "float64", bytes: 16 } },
      route: { target: "lambda", reason: expect.stringContaining("answered at once"), memoryMiB: 1769 },
      attempts: [{ attempt: 1, target: "lambda", outcome: "completed", memoryMiB: 1769 }],
      timings: { queuedSeconds: 0, computeSeconds: 0, totalSeconds: 0 },
    });
    expect(JSON.stringify(view.outputs?.result?.data)).toBe("[[11]]");
    expect(view.cost?.usd).toBeCloseTo(job.route.estimate.usd, 7);
    // The result is at hand: it is not read.
    expect(world.calls).toEqual(["objects.link"]);
  });

  test("is cheaper than one behind the queue", async () => {
    const prepared = await prepare(validate(submitBody, small), "local", world.ports);
    const { job } = await asked();
    expect(job.route.estimate.usd).toBeLessThan(0.6 * prepared.route.estimate.usd);
  });

  test("is counted, and its end published by the next pass of sweep", async () => {
    const { job } = await asked();
    expect(world.measures).toMatchObject([
      { JobsAccepted: 1, JobsCompleted: 1, ComputeSeconds: 0, QueueSeconds: 0 },
    ]);
    expect(world.events).toEqual([]);
    await sweep(world.ports);
    expect(world.events).toMatchObject([{ jobId: job.jobId, status: "COMPLETED", attempts: 1 }]);
    expect(world.job(job.jobId).dueAt).toBeUndefined();
    await sweep(world.ports);
    expect(world.events).toHaveLength(1);
  });

  test("gives the bytes that it gives behind the queue", async () => {
    const body = { inputs: { a: { random: { shape: [9, 7], seed: 3 } } } };
    await asked(body);
    const [atOnce] = [...world.bucket.values()];
    await accept(validate(submitBody, body), "local", { requestHash: "0" }, world.ports);
    const [message] = world.messages;
    if (!message) throw new Error("a submit sends");
    expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("completed");
    expect([...world.bucket.values()].at(-1)).toEqual(atOnce);
  });
});

describe("a job that fails by its own fault", () => {
  test("is FAILED in one write, and keeps its input", async () => {
    const { job } = await asked(singular);
    expect(world.calls).toEqual(["objects.put", "store.create"]);
    expect(world.job(job.jobId)).toMatchObject({
      status: "FAILED",
      error: { code: "singular-matrix" },
      attempts: [{ outcome: "failed", atOnce: true }],
    });
    expect(world.measures.at(-1)).toMatchObject({ JobsFailed: 1 });
  });

  test("can be retried, and then runs behind the queue", async () => {
    const { job } = await asked(singular);
    const again = await retryJob(job.jobId, "local", world.ports);
    expect(again.route).toMatchObject({ target: "lambda", memoryMiB: 1769 });
    expect(again.route.reason).toMatch(/run again/);
    await sweep(world.ports);
    const [message] = world.messages;
    if (!message) throw new Error("sweep sends it");
    expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("failed");
    expect(world.job(job.jobId)).toMatchObject({ run: 2, error: { code: "singular-matrix" } });
  });
});

describe("goes the ordinary way", () => {
  test.each([
    ["a large one", { inputs: { a: { random: { shape: [3000, 3000] } } } }],
    ["one for another lane", { ...small, target: "fargate" }],
    ["one whose answer does not fit JSON", { operation: "outer", inputs: vectors(1700) }],
  ])("%s", async (_which, body) => {
    const { job, results } = await asked(body);
    expect(results).toBeUndefined();
    expect(job).toMatchObject({ status: "PENDING", attempts: [] });
    expect(world.calls.slice(-2)).toEqual(ordinary.slice(-2));
  });

  test("one whose input is yet to be fetched", async () => {
    const { job } = await asked();
    world.calls.length = 0;
    expect((await asked({ operation: "transpose", inputs: { a: { job: job.jobId } } })).job.status).toBe(
      "PENDING",
    );
    expect(world.calls).toEqual(["store.get", "store.create", "queue.send"]);
  });

  test("any, with express off", async () => {
    world = memoryWorld({ ...inBucket, express: false });
    expect((await asked()).job.status).toBe("PENDING");
    expect(world.calls).toEqual(ordinary);
  });

  test("any that does not fit submit's memory", async () => {
    world = memoryWorld({ ...inBucket, submitMemoryMiB: 256 });
    expect((await asked()).job.status).toBe("PENDING");
  });

  test("what comes while there is as much arithmetic under way as others may wait for", async () => {
    const load = new ExpressLoad();
    const prepared = await prepare(validate(submitBody, small), "local", world.ports);
    const attempt = () => express(prepared, { requestHash: "0" }, compute, world.ports, load);
    const [held, refused] = await load
      .within(0.25, async () => [await attempt(), world.calls.length] as const)
      .then((inside = [undefined, -1]) => inside);
    expect([held, refused]).toEqual([undefined, 0]);
    expect((await attempt())?.job.status).toBe("COMPLETED");
  });
});

describe("trouble that is not the job's fault sends it the ordinary way", () => {
  test.each([
    ["no memory", throwing(new RangeError("Array buffer allocation failed"))],
    ["a crash", throwing(new TypeError("undefined is not a function"))],
  ])("%s", async (_what, engine) => {
    const { job, replayed } = await asked(small, undefined, engine);
    expect([job.status, replayed]).toEqual(["PENDING", false]);
    expect(world.calls).toEqual(ordinary);
    expect(world.messages).toHaveLength(1);
    expect(world.log).toContainEqual(expect.objectContaining({ level: "warn" }));
    const [message] = world.messages;
    if (message) expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("completed");
    expect(world.job(job.jobId).attempts).toHaveLength(1);
  });

  test("a result that cannot be stored", async () => {
    world.broken.set("objects.put", [new Error("SlowDown")]);
    expect((await asked()).job.status).toBe("PENDING");
    expect(world.calls).toEqual(["objects.put", ...ordinary]);
  });

  test("a record that was not written", async () => {
    world.broken.set("store.create", [new Error("InternalServerError")]);
    expect((await asked()).job.status).toBe("PENDING");
    expect(forgotten(world)).toEqual([]);
  });

  test.each([undefined, "order-7"])("a record that was, its reply lost for good (key %s)", async (key) => {
    const { create } = world.ports.store;
    let first = true;
    const store = {
      ...world.ports.store,
      get: world.ports.store.get,
      create: async (...given: Parameters<typeof create>) => {
        const created = await world.ports.store.create(...given);
        if (!first) return created;
        first = false;
        throw new Error("socket hang up");
      },
    };
    const request = { requestHash: "0", ...(key === undefined ? {} : { idempotencyKey: key }) };
    const body = validate(submitBody, small);
    const { job, replayed } = await accept(body, "local", request, { ...world.ports, store }, compute);
    expect(job).toMatchObject({ status: "COMPLETED", attempts: [{ outcome: "completed" }] });
    // Nobody repeated a request that has no key.
    expect(replayed).toBe(key !== undefined);
    expect(world.table.size).toBe(1);
    // What the ordinary way sent beside its own Put, which was refused, finds the job done.
    for (const message of world.messages)
      expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("lost");
    expect(world.job(job.jobId)).toMatchObject({ rev: 1, status: "COMPLETED" });
  });

  test("a create whose reply was lost is a create", async () => {
    world.dropReplies = true;
    const { job, replayed, results } = await asked(small, "order-7");
    expect([job.status, replayed, results !== undefined]).toEqual(["COMPLETED", false, true]);
  });
});

describe("Idempotency-Key", () => {
  test("a repeated request is answered with the one job, and leaves its result alone", async () => {
    const first = await asked(small, "order-7");
    const [[key = "", before] = []] = [...world.bucket];
    const second = await asked(small, "order-7");
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect(second.job).toEqual(world.job(first.job.jobId));
    expect(second.job).toMatchObject(first.job);
    expect(world.bucket.get(key)).toBe(before);
    expect(world.table.size).toBe(1);
  });

  test("two at once: one job, whatever seed each has drawn", async () => {
    const body = { dataMatrix: [[1, 2]], params: { seed: null } };
    const both = await Promise.all([asked(body, "order-7"), asked(body, "order-7")]);
    expect(both.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
    expect(both[0]?.job.worker).toBe(both[1]?.job.worker);
    expect(world.table.size).toBe(1);
  });

  test("another body: a conflict, and nothing is sent", async () => {
    await asked(small, "order-7");
    await expect(asked(singular, "order-7")).rejects.toMatchObject({ code: "idempotency-conflict" });
    expect([world.table.size, world.messages.length]).toEqual([1, 0]);
  });

  test("one that runs behind the queue is found by a caller who waits", async () => {
    const request = { requestHash: sha256(JSON.stringify(small)), idempotencyKey: "order-7" };
    const first = await accept(validate(submitBody, small), "local", request, world.ports);
    const second = await asked(small, "order-7");
    expect(second).toMatchObject({ replayed: true, job: { jobId: first.job.jobId, status: "PENDING" } });
    expect(second.results).toBeUndefined();
  });
});

function vectors(length: number) {
  const random = { shape: [length], seed: 1 };
  return { a: { random }, b: { random } };
}
