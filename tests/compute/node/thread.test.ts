import { getEventListeners } from "node:events";
import { run } from "@sluice/compute";
import { runInThread } from "@sluice/compute/node/thread";
import { zeros } from "@sluice/contract/array";
import { decodeNpy, encodeNpy } from "@sluice/contract/npy";
import { describe, expect, test } from "vitest";
import { operand, spec } from "../../support/compute/arrays.ts";

describe("runInThread", () => {
  test("gives the bytes that run gives, with progress, and takes the inputs along", async () => {
    const a = operand([200, 150], "float64", 1);
    const expected = run("spectral-projection", { seed: 3 }, { a });
    const reported: number[] = [];
    const outputs = await runInThread(
      { operation: "spectral-projection", params: { seed: 3 }, inputs: { a } },
      { onProgress: (fraction) => reported.push(fraction) },
    );
    expect(outputs).toEqual(expected);
    expect(reported.at(-1)).toBe(1);
    expect(a.data.length).toBe(0);
  });

  test("one array may be both inputs, and may lie in a small pooled Buffer", async () => {
    const a = decodeNpy(Buffer.from(encodeNpy(operand([3, 3], "float64", 2))));
    const expected = run("matmul", {}, { a, b: a });
    expect(await runInThread({ operation: "matmul", params: {}, inputs: { a, b: a } })).toEqual(expected);
  });

  test("a Problem arrives as the same Problem", async () => {
    const inputs = { a: zeros(spec([2, 3])), b: zeros(spec([2, 3])) };
    await expect(runInThread({ operation: "matmul", params: {}, inputs })).rejects.toMatchObject({
      name: "Problem",
      code: "invalid-shape",
      place: { field: "inputs.b", expected: "3 rows", got: "2 rows" },
    });
  });

  test("a thread that cannot get its memory rejects with an error that says so", async () => {
    // An empty sum into 2^44 bytes of result.
    const inputs = { a: zeros(spec([2 ** 21, 0])), b: zeros(spec([0, 2 ** 20])) };
    await expect(runInThread({ operation: "matmul", params: {}, inputs })).rejects.toThrow(
      /The compute thread failed: .*(allocation|length)/,
    );
  });

  test("an abort in the middle of a long product ends it within 100 ms and leaves no listener", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const started = Promise.withResolvers<void>();
    const inputs = { a: operand([2000, 2000], "float64", 3), b: operand([2000, 2000], "float64", 4) };
    const running = runInThread(
      { operation: "matmul", params: {}, inputs },
      { signal: controller.signal, onProgress: () => started.resolve() },
    );
    await started.promise;
    const abortedAt = performance.now();
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(performance.now() - abortedAt).toBeLessThan(100);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  test("an abort before the start starts nothing and takes nothing", async () => {
    const a = operand([2, 2], "float64", 5);
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(runInThread({ operation: "fft2", params: {}, inputs: { a } }, { signal })).rejects.toThrow(
      "too late",
    );
    expect(a.data.length).toBe(4);
  });
});
