import { decodeNpy } from "@sluice/contract/npy";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planView } from "../../jobs/api/plan-view.ts";
import { freshSeed, idForKey, isRandomId, randomId, sha256 } from "../../jobs/ids.ts";
import { parseMessage } from "../../jobs/message.ts";
import { compute } from "../../jobs/run/compute.ts";
import { computeDirectly } from "../../jobs/submit/direct.ts";
import { prepare } from "../../jobs/submit/prepare.ts";
import { backoff } from "../../jobs/timing.ts";
import { memoryWorld } from "../support/jobs/memory-ports.ts";
import { jobId } from "../support/jobs/sample-jobs.ts";
import { submitted } from "../support/jobs/submitting.ts";

describe("ids", () => {
  test("are 26 lower-case characters that launchOf, messages and URLs all take", () => {
    for (let index = 0; index < 200; index++) expect(isRandomId(randomId())).toBe(true);
    expect(isRandomId(idForKey("local", "k"))).toBe(true);
    expect(new Set(Array.from({ length: 1000 }, randomId)).size).toBe(1000);
  });

  test("of a key depend on owner and key, and nothing else", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (owner, key, other, otherKey) => {
        fc.pre(owner !== other || key !== otherKey);
        expect(idForKey(owner, key)).not.toBe(idForKey(other, otherKey));
        expect(idForKey(owner, key)).toBe(idForKey(owner, key));
      }),
    );
  });

  test("hashes tell where one part ends", () => {
    expect(sha256("ab", "c")).not.toBe(sha256("a", "bc"));
    expect(sha256("a", Buffer.from("b"))).toBe(sha256("a", "b"));
  });

  test("a fresh seed is a decimal below 2^128", () => {
    for (let index = 0; index < 50; index++) expect(BigInt(freshSeed())).toBeLessThan(2n ** 128n);
  });
});

describe("messages", () => {
  const good = { v: 1, jobId, dispatch: 1, target: "lambda" };

  test("of ours are read, fields of later days ignored", () => {
    expect(parseMessage(JSON.stringify({ ...good, trace: "x" }))).toEqual(good);
  });

  test.each([
    "",
    "hello",
    "{}",
    "null",
    ...[{ v: 2 }, { jobId: "x" }, { dispatch: 0 }, { dispatch: 1.5 }, { target: "moon" }].map((wrong) =>
      JSON.stringify({ ...good, ...wrong }),
    ),
  ])("of anyone else are poison: %s", (text) => expect(() => parseMessage(text)).toThrow());
});

test("backoff doubles to its ceiling and spreads over its upper half", () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (times, random) => {
      const full = Math.min(300_000, 5_000 * 2 ** times);
      const wait = backoff(5_000, 300_000, times, random);
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeLessThanOrEqual(full);
    }),
  );
});

describe("compute", () => {
  const a = { shape: [300, 300], dtype: "float64" as const, data: new Float64Array(90_000).fill(1) };
  const work = () => ({
    operation: "matmul",
    params: {},
    inputs: { a: { ...a, data: a.data.slice() }, b: { ...a, data: a.data.slice() } },
    threads: 1,
  });
  const watch = (mayBlock: boolean, signal = new AbortController().signal) => ({
    signal,
    mayBlock,
    onProgress: () => undefined,
  });

  test("gives the same bytes on this thread and on another", async () => {
    const here = await compute(work(), watch(true));
    const there = await compute(work(), watch(false));
    expect(here.result?.data[7]).toBe(300);
    expect(there.result).toEqual(here.result);
  });

  test("in a thread is stopped in mid-kernel, by the signal's own reason", async () => {
    const stop = new AbortController();
    const reason = new Error("cancelled");
    const large = { shape: [2_500, 2_500], dtype: "float64" as const };
    const inputs = {
      a: { ...large, data: new Float64Array(6_250_000) },
      b: { ...large, data: new Float64Array(6_250_000) },
    };
    let stoppedAt = Number.NaN;
    // It takes seconds; the first hundredth of it is when the stop comes.
    const onProgress = () => {
      stoppedAt = performance.now();
      stop.abort(reason);
    };
    const running = compute(
      { operation: "matmul", params: {}, inputs, threads: 2 },
      { ...watch(false, stop.signal), onProgress },
    );
    await expect(running).rejects.toBe(reason);
    expect(performance.now() - stoppedAt).toBeLessThan(2_000);
  });

  test("does not start what is already stopped", async () => {
    await expect(compute(work(), watch(false, AbortSignal.abort(new Error("too late"))))).rejects.toThrow(
      "too late",
    );
  });
});

describe("the direct function", () => {
  const directly = (body: unknown, world = memoryWorld()) =>
    computeDirectly(validate(submitBody, body), "local", compute, world.ports);

  test("answers inline and stores nothing", async () => {
    const world = memoryWorld();
    const answer = await directly(
      { operation: "matmul", inputs: { a: { data: [[1, 2]] }, b: { data: [[3], [4]] } } },
      world,
    );
    expect(answer).toMatchObject({
      operation: "matmul",
      outputs: { result: { shape: [1, 1], dtype: "float64", bytes: 8, data: [[11]] } },
    });
    expect(world.calls).toEqual([]);
  });

  test("takes random and job inputs", async () => {
    const answer = await directly({
      operation: "fft2",
      inputs: { a: { random: { shape: [2, 2], seed: 3 } } },
    });
    expect(answer.outputs?.result).toMatchObject({
      dtype: "complex128",
      data: { re: expect.any(Array), im: expect.any(Array) },
    });
  });

  test("submits what needs a task", async () => {
    const world = memoryWorld();
    const view = await directly({ target: "fargate", dataMatrix: [[1]] }, world);
    expect(view).toMatchObject({ status: "PENDING", route: { target: "fargate" } });
    expect(world.messages).toHaveLength(1);
  });
});

test("the direct function submits what has to wait for its inputs", async () => {
  const world = memoryWorld();
  const { job } = await submitted(world);
  const body = validate(submitBody, { operation: "fft2", inputs: { a: { job: job.jobId } } });
  const view = await computeDirectly(body, "local", compute, world.ports);
  expect(view).toMatchObject({ status: "PENDING", statusReason: expect.stringContaining(job.jobId) });
});

describe("a plan", () => {
  test("takes bare shapes, and says everything without storing anything", async () => {
    const world = memoryWorld();
    const body = {
      operation: "spectral-projection",
      params: { columns: 3 },
      inputs: { a: { shape: [64, 32], dtype: "float64" as const } },
      target: "auto" as const,
      labels: {},
    };
    const view = planView(await prepare(body, "local", world.ports));
    expect(view).toMatchObject({
      operation: "spectral-projection",
      params: { seed: 0, columns: 3 },
      inputs: { a: { shape: [64, 32], dtype: "float64", bytes: 16_384 } },
      outputs: { result: { shape: [64, 3], dtype: "float64", bytes: 1536 } },
      route: { target: "lambda" },
      maxSeconds: 21_600,
    });
    expect(world.calls).toEqual([]);
  });

  test("a body's numbers reach the .npy exactly", async () => {
    const world = memoryWorld();
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(values, async (row) => {
        const body = validate(submitBody, JSON.parse(JSON.stringify({ dataMatrix: [row] })));
        const { inputs } = await prepare(body, "local", world.ports);
        if (inputs.a?.kind !== "bytes") throw new Error("a body's matrix is bytes");
        const stored = decodeNpy(new Uint8Array(Buffer.concat(inputs.a.parts)));
        // JSON has no negative zero.
        expect([...stored.data]).toEqual(row.map((value) => value + 0));
      }),
    );
  });
});
