import { decodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { cancelJob } from "../../../jobs/api/own-jobs.ts";
import { isStored } from "../../../jobs/record.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { accept } from "../../../jobs/submit/accept.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { inBucket, memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, submitted } from "../../support/jobs/submitting.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld(inBucket);
  return () => vi.useRealTimers();
});

describe("a submit", () => {
  test("is three calls, in this order: input, then record and message side by side", async () => {
    const { job } = await submitted(world);
    expect(world.calls).toEqual(["objects.put", "store.create", "queue.send"]);
    // With the input's place, so that it can be read while the job is claimed.
    const reads = { a: job.inputs.a };
    expect(world.messages).toEqual([
      { v: 1, jobId: job.jobId, dispatch: 1, target: "lambda", small: true, reads },
    ]);
  });

  test("without stored input is two", async () => {
    await submitted(world, { inputs: { a: { random: { shape: [4, 4] } } } });
    expect(world.calls).toEqual(["store.create", "queue.send"]);
  });

  test("writes a record that sweep will look at", async () => {
    const { job } = await submitted(world, {
      dataMatrix: [[1, 2]],
      params: { seed: null },
      maxSeconds: 90,
      labels: { team: "x" },
    });
    expect(world.job(job.jobId)).toMatchObject({
      status: "PENDING",
      step: "sent",
      run: 1,
      dispatch: 1,
      dueAt: start + 60_000,
      deadlineAt: start + 90_000,
      ttl: start / 1000 + 7 * 86_400,
      labels: { team: "x" },
      outputSpecs: { result: { shape: [1, 2], dtype: "float64" } },
    });
    expect(job.jobId).toMatch(/^[0-9a-z]{26}$/);
    // The seed that None became is recorded, so that a retry gives the same bytes.
    expect(job.params).toEqual({ seed: expect.stringMatching(/^\d{10,39}$/), columns: 2 });
  });

  test("lays all inputs into one object, each a .npy of its own", async () => {
    const { job } = await submitted(world, {
      operation: "matmul",
      inputs: { a: { data: [[1, 2, 3]] }, b: { data: [[4], [5], [6]] } },
    });
    expect(world.bucket.size).toBe(1);
    for (const [name, expected] of [
      ["a", [1, 2, 3]],
      ["b", [4, 5, 6]],
    ] as const) {
      const input = job.inputs[name];
      if (!input || !isStored(input)) throw new Error(`input ${name} is stored`);
      const file = world.bucket.get(input.key)?.slice(input.offset, input.offset + input.length);
      expect([...decodeNpy(file ?? new Uint8Array()).data]).toEqual(expected);
    }
  });

  test("takes as long as its slowest call may: nothing else is waited for", async () => {
    expect((await submitted(world)).job.createdAt).toBe(start);
    expect(Date.now()).toBe(start);
  });
});

describe("a Send that fails", () => {
  test("still gives a job, and sweep sends it within a minute", async () => {
    world.broken.set("queue.send", [new Error("ServiceUnavailable")]);
    const { job } = await submitted(world);
    expect(world.messages).toEqual([]);
    expect(world.log.at(-1)).toMatchObject({ level: "error", fields: { jobId: job.jobId } });

    vi.setSystemTime(start + 60_000);
    await sweep(world.ports);
    expect(world.messages).toMatchObject([{ v: 1, jobId: job.jobId, dispatch: 2, target: "lambda" }]);
    const [message] = world.messages;
    if (!message) throw new Error("sweep sent it");
    expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("completed");
  });

  test("a Put that fails gives none, and its message finds none and does nothing", async () => {
    world.broken.set("store.create", [new Error("InternalServerError")]);
    await expect(submitted(world)).rejects.toThrow("InternalServerError");
    expect(world.table.size).toBe(0);
    const [message] = world.messages;
    if (!message) throw new Error("it was sent beside the Put");
    world.calls.length = 0;
    const working = work(message, lambdaMachine(), compute, world.ports);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await working).toBe("lost");
    expect(new Set(world.calls)).toEqual(new Set(["objects.get", "store.update"]));
    expect(world.table.size).toBe(0);
  });

  test("a record that comes between a message's write and its look is taken all the same", async () => {
    const body = validate(submitBody, { dataMatrix: [[1, 2]], target: "fargate" });
    await accept(body, "local", { requestHash: "0" }, world.ports);
    const [message] = world.messages;
    if (!message) throw new Error("a submit sends");
    const record = world.job(message.jobId);
    world.table.clear();
    const { update } = world.ports.store;
    let early = true;
    const store = {
      ...world.ports.store,
      update: async (...given: Parameters<typeof update>) => {
        if (!early) return world.ports.store.update(...given);
        early = false;
        world.table.set(record.jobId, record);
        return { ok: false, job: record } as const;
      },
    };
    const working = work(message, lambdaMachine(), compute, { ...world.ports, store });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await working).toBe("launched");
    // Its slot is kept: it is of the launch that this very message made.
    expect([world.started.length, world.slots.size]).toEqual([1, 1]);
    expect(world.calls).not.toContain("slots.release");
  });

  test("a message that overtakes its record waits for it", async () => {
    const { create } = world.ports.store;
    const store = {
      ...world.ports.store,
      get: world.ports.store.get,
      create: async (...given: Parameters<typeof create>) => {
        await new Promise((resolve) => setTimeout(resolve, 350));
        return world.ports.store.create(...given);
      },
    };
    const body = validate(submitBody, { dataMatrix: [[1, 2]] });
    const answered = accept(body, "local", { requestHash: "0" }, { ...world.ports, store });
    await vi.advanceTimersByTimeAsync(1);
    const [message] = world.messages;
    if (!message) throw new Error("it was sent beside the Put");
    const working = work(message, lambdaMachine(), compute, world.ports);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await working).toBe("completed");
    expect((await answered).job.status).toBe("PENDING");
    expect(world.job(message.jobId).attempts).toHaveLength(1);
  });

  test("an input that cannot be stored gives none either", async () => {
    world.broken.set("objects.put", [new Error("SlowDown")]);
    await expect(submitted(world)).rejects.toThrow("SlowDown");
    expect(world.calls).toEqual(["objects.put"]);
  });
});

describe("Idempotency-Key", () => {
  const key = { idempotencyKey: "order-7" };

  test("same key, same body: the same job, sent once", async () => {
    const first = await submitted(world, undefined, key);
    const second = await submitted(world, undefined, key);
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect(second.job).toEqual(world.job(first.job.jobId));
    expect(world.messages).toHaveLength(1);
  });

  test("twice at once: still one job, run once", async () => {
    const both = await Promise.all([submitted(world, undefined, key), submitted(world, undefined, key)]);
    expect(new Set(both.map(({ job }) => job.jobId)).size).toBe(1);
    expect(both.filter(({ replayed }) => replayed)).toHaveLength(1);
    // Each was sent beside its Put, and one of the two Puts was refused.
    const [one, other] = world.messages;
    if (!one) throw new Error("a submit sends");
    expect(world.messages).toEqual([one, one]);
    const outcomes = [one, other ?? one].map((message) =>
      work(message, lambdaMachine(), compute, world.ports),
    );
    expect((await Promise.all(outcomes)).sort()).toEqual(["completed", "lost"]);
  });

  test("same key, another body: a conflict, and the first job keeps its input", async () => {
    const { job } = await submitted(world, { dataMatrix: [[1]] }, key);
    const before = structuredClone([...world.bucket.entries()]);
    const other = await submitted(world, { dataMatrix: [[2]] }, key).catch((error) => error);
    expect(other).toBeInstanceOf(Problem);
    expect(other).toMatchObject({
      code: "idempotency-conflict",
      status: 422,
      place: { field: "Idempotency-Key" },
    });
    expect(world.table.size).toBe(1);
    for (const [name, bytes] of before) expect(world.bucket.get(name)).toEqual(bytes);
    expect(world.job(job.jobId).status).toBe("PENDING");
  });

  test("two owners with one key never meet", async () => {
    const mine = await submitted(world, undefined, { ...key, owner: "iam:me" });
    const yours = await submitted(world, undefined, { ...key, owner: "iam:you" });
    expect(mine.job.jobId).not.toBe(yours.job.jobId);
    // An owner that ends as another's key begins is not the same pair either.
    const one = await submitted(world, undefined, { owner: "a", idempotencyKey: "bc" });
    const other = await submitted(world, undefined, { owner: "ab", idempotencyKey: "c" });
    expect(one.job.jobId).not.toBe(other.job.jobId);
  });

  test("a key whose job has expired makes a new one", async () => {
    await submitted(world, { dataMatrix: [[1]] }, key);
    vi.setSystemTime(start + 8 * 86_400_000);
    const { replayed, job } = await submitted(world, { dataMatrix: [[2]] }, key);
    expect(replayed).toBe(false);
    expect(job.createdAt).toBe(start + 8 * 86_400_000);
  });

  test("a create whose reply was lost is a create", async () => {
    world.dropReplies = true;
    const { replayed } = await submitted(world, undefined, key);
    expect(replayed).toBe(false);
    expect(world.messages).toHaveLength(1);
  });
});

describe("a body that is wrong stores nothing and queues nothing", () => {
  const huge = { random: { shape: [60_000, 60_000] } };
  test.each([
    ["ragged", { dataMatrix: [[1, 2], [3]] }, "invalid-array", "dataMatrix[1]"],
    ["not a number", { dataMatrix: [[1, "x"]] }, "invalid-array", "dataMatrix[0][1]"],
    ["null for a number", { dataMatrix: [[1, null]] }, "invalid-array", "dataMatrix[0][1]"],
    ["no input", {}, "invalid-shape", "inputs.a"],
    ["empty", { dataMatrix: [[]] }, "invalid-shape", "inputs.a"],
    ["one axis", { dataMatrix: [1, 2] }, "invalid-shape", "inputs.a"],
    ["unknown operation", { operation: "inverse", dataMatrix: [[1]] }, "unknown-operation", "operation"],
    ["unknown param", { params: { sed: 1 }, dataMatrix: [[1]] }, "invalid-params", "params.sed"],
    ["bad param", { params: { columns: 0 }, dataMatrix: [[1]] }, "invalid-params", "params.columns"],
    ["unknown field", { dataMatrix: [[1]], colour: "red" }, "unknown-field", "colour"],
    ["unknown input", { dataMatrix: [[1]], inputs: { z: { data: [[1]] } } }, "invalid-shape", "inputs.z"],
    [
      "both a and its shorthand",
      { dataMatrix: [[1]], inputs: { a: { data: [[1]] } } },
      "invalid-field",
      "dataMatrix",
    ],
    [
      "shapes that do not match",
      { operation: "matmul", inputs: { a: { data: [[1, 2]] }, b: { data: [[1]] } } },
      "invalid-shape",
      "inputs.b",
    ],
    ["npy that is no base64", { inputs: { a: { npy: "***" } } }, "invalid-npy", "inputs.a.npy"],
    ["base64 that is no npy", { inputs: { a: { npy: "AAAA" } } }, "invalid-npy", "inputs.a.npy"],
    ["upload of nobody", { inputs: { a: { upload: "u1" } } }, "input-not-found", "inputs.a.upload"],
    [
      "job of nobody",
      { inputs: { a: { job: "0123456789abcdefghjkmnpqrs" } } },
      "input-not-found",
      "inputs.a.job",
    ],
    ["more than the stage's time", { dataMatrix: [[1]], maxSeconds: 21_601 }, "invalid-field", "maxSeconds"],
    ["too large for any machine", { inputs: { a: huge } }, "cannot-fit", "target"],
    [
      "too large for the lane asked for",
      { target: "lambda", inputs: { a: { random: { shape: [9000, 9000] } } } },
      "cannot-fit",
      "target",
    ],
  ])("%s", async (_what, body, code, field) => {
    const problem = await submitted(world, body).catch((error) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code, place: { field } });
    expect(world.calls.filter((call) => call !== "store.get")).toEqual([]);
    expect([world.table.size, world.bucket.size, world.messages.length]).toEqual([0, 0, 0]);
  });
});

describe("the output of an earlier job as an input", () => {
  async function completed(owner = "local") {
    const { job } = await submitted(
      world,
      {
        dataMatrix: [
          [1, 2],
          [3, 4],
        ],
      },
      { owner },
    );
    const message = world.messages.pop();
    if (!message) throw new Error("a submit sends");
    await work(message, lambdaMachine(), compute, world.ports);
    return job.jobId;
  }

  test("is read where it lies", async () => {
    const jobId = await completed();
    world.calls.length = 0;
    const { job } = await submitted(world, { operation: "fft2", inputs: { a: { job: jobId } } });
    expect(job.inputs.a).toMatchObject({ shape: [2, 2], key: `jobs/${jobId}/out/1/result.npy`, offset: 0 });
    expect(world.calls).toEqual(["store.get", "store.create", "queue.send"]);
    const message = world.messages.pop();
    if (message) expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("completed");
  });

  test.each([
    ["another owner's", async () => ({ job: await completed("iam:other") })],
    [
      "a cancelled one's",
      async () => {
        const { jobId } = (await submitted(world)).job;
        await cancelJob(jobId, "local", world.ports);
        return { job: jobId };
      },
    ],
    [
      "an unfinished one's, by a name it will not make,",
      async () => ({ job: (await submitted(world)).job.jobId, output: "q" }),
    ],
    ["one it does not have", async () => ({ job: await completed(), output: "q" })],
    ["one that only JavaScript has", async () => ({ job: await completed(), output: "constructor" })],
  ])("%s is not found", async (_whose, reference) => {
    const problem = await submitted(world, { inputs: { a: await reference() } }).catch((error) => error);
    expect(problem).toMatchObject({ code: "input-not-found", status: 422 });
  });
});
