import { Problem } from "@sluice/contract/problem";
import { describe, expect, test } from "vitest";
import { compute } from "../../../jobs/run/compute.ts";

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

  test("that blocks for no longer than it may gives the same bytes too, and its own errors", async () => {
    const bounded = await compute(work(), { ...watch(true), blockAtMost: 60_000 });
    expect(bounded.result).toEqual((await compute(work(), watch(true))).result);
    expect(bounded.result?.data).toBeInstanceOf(Float64Array);
    const a = { shape: [1, 1], dtype: "float64" as const, data: new Float64Array(1) };
    const singular = { operation: "inv", params: {}, inputs: { a }, threads: 1 };
    await expect(compute(singular, { ...watch(true), blockAtMost: 60_000 })).rejects.toBeInstanceOf(Problem);
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

  // Last: afterwards nothing may block in this process.
  test("that blocks for too long is stopped in mid-kernel, and so is trusted no more", async () => {
    const large = { shape: [2_000, 2_000], dtype: "float64" as const };
    const data = new Float64Array(4_000_000);
    const inputs = { a: { ...large, data }, b: { ...large, data } };
    const product = { operation: "matmul", params: {}, inputs, threads: 1 };
    const began = performance.now();
    await expect(compute(product, { ...watch(true), blockAtMost: 20 })).rejects.toThrow("longer than 20 ms");
    const took = performance.now() - began;
    await expect(compute(work(), { ...watch(true), blockAtMost: 60_000 })).rejects.toThrow("half-way");
    // The whole product takes much longer: it was not let run to its end.
    const alone = performance.now();
    await compute({ ...product, inputs }, watch(false));
    expect(took).toBeLessThan((performance.now() - alone) / 2);
  });
});
