import {
  catalogue,
  completeParams,
  defaultOperation,
  demand,
  engine,
  plan,
  profiles,
  random,
  refusedEngines,
  run,
} from "@sluice/compute";
import { stepSeconds } from "@sluice/compute/model/demand";
import type { Dtype } from "@sluice/contract/array";
import { arrayFromJson } from "@sluice/contract/array-json";
import { describe, expect, test } from "vitest";
import { operand, spec } from "../../support/compute/arrays.ts";

describe("run", () => {
  test.each(["spectral-projection", "fft2", "matmul"])(
    "%s reports rising progress that ends at 1",
    (operation) => {
      const a = operand([300, 300], "float64", 1);
      const reported: number[] = [];
      const inputs = operation === "matmul" ? { a, b: a } : { a };
      run(operation, {}, inputs, { onProgress: (fraction) => reported.push(fraction) });
      expect(reported.length).toBeGreaterThan(2);
      expect(reported.length).toBeLessThan(120);
      expect(reported.every((fraction, index) => fraction > (reported[index - 1] ?? 0))).toBe(true);
      expect(reported.at(-1)).toBe(1);
    },
  );

  test("gives the outputs its plan promised, and the same bytes each time", () => {
    const a = operand([20, 31], "float64", 2);
    const { result } = run("spectral-projection", { seed: 5, columns: 3 }, { a });
    const { outputs } = plan("spectral-projection", { seed: 5, columns: 3 }, { a });
    expect({ shape: result?.shape, dtype: result?.dtype }).toEqual(outputs.result);
    expect(run("spectral-projection", { seed: 5, columns: 3 }, { a }).result).toEqual(result);
    expect(run("spectral-projection", { seed: 6, columns: 3 }, { a }).result).not.toEqual(result);
  });

  test.each(catalogue())(
    "$name leaves its inputs as they were: a job may be run once more on them",
    ({ example }) => {
      const { operation = defaultOperation, params = {}, ...body } = example as Record<string, never>;
      const { inputs, dataMatrix } = body as {
        inputs?: Record<string, { data?: unknown; dtype?: Dtype }>;
        dataMatrix?: unknown;
      };
      const refs = Object.entries<{ data?: unknown; dtype?: Dtype }>({
        ...inputs,
        ...(dataMatrix ? { a: { data: dataMatrix } } : {}),
      });
      const operands = Object.fromEntries(
        refs.flatMap(([name, { data, dtype }]) =>
          data === undefined ? [] : [[name, arrayFromJson(data, name, dtype)]],
        ),
      );
      const before = structuredClone(operands);
      run(
        operation,
        completeParams(operation, params, () => "1"),
        operands,
      );
      expect(operands).toEqual(before);
    },
  );

  test("what one run answered, later ones on the same thread leave alone", () => {
    const a = operand([40, 40], "float64", 3);
    const first = run("matmul", {}, { a, b: a }).result;
    const copy = first?.data.slice();
    run("matmul", {}, { a: operand([40, 40], "float64", 4), b: a });
    expect(first?.data).toEqual(copy);
  });

  test("random operands are made as numpy.random makes them, and are none of the steps", () => {
    const b = { shape: [30, 20], seed: 4, dtype: "float64" } as const;
    const a = operand([30, 30], "float64", 5);
    const reported: number[] = [];
    const made = run("matmul", {}, { a, b }, { onProgress: (fraction) => reported.push(fraction) });
    expect(made).toEqual(run("matmul", {}, { a, b: random(b) }));
    expect(reported).toEqual([1]);
  });

  test("refuses what plan refuses, and a seed nobody settled", () => {
    const a = operand([2, 2], "float64", 1);
    expect(() => run("matmul", {}, { a })).toThrow(expect.objectContaining({ code: "invalid-shape" }));
    expect(() => run("spectral-projection", { seed: null }, { a })).toThrow("completeParams");
  });
});

describe("the catalogue", () => {
  test("starts with the default operation and is plain JSON", () => {
    const entries = catalogue();
    expect(entries[0]?.name).toBe(defaultOperation);
    expect(JSON.parse(JSON.stringify(entries))).toEqual(entries);
    expect(entries.map(({ params }) => params.additionalProperties)).toEqual(entries.map(() => false));
  });

  test("the engine names itself", () => {
    expect({ ...engine }).toEqual({
      name: "wasm",
      version: expect.any(String),
      kernel: expect.stringMatching(/^wasm128-(no)?fma$/),
    });
    expect(refusedEngines()).toEqual([]);
  });
});

describe("demand", () => {
  const square = (n: number) => plan("spectral-projection", {}, { a: spec([n, n]) });

  test("a share of a vCPU stretches it, more vCPUs share what is large enough", () => {
    const seconds = (n: number, vcpu: number) => demand(square(n), profiles.wasm, vcpu).seconds;
    expect(seconds(256, 0.25)).toBeCloseTo(4 * seconds(256, 1), 12);
    expect(seconds(256, 1.9)).toBe(seconds(256, 1));
    expect(seconds(16, 4)).toBe(seconds(16, 1));
    expect(seconds(4096, 2)).toBeLessThan(0.9 * seconds(4096, 1));
    expect(seconds(4096, 4)).toBeLessThan(seconds(4096, 2));
    expect(seconds(4096, 4)).toBeGreaterThan(seconds(4096, 1) / 4);
  });

  test("more work takes longer", () => {
    const seconds = [8, 64, 128, 256, 512, 1024, 2048, 8192].map(
      (n) => demand(square(n), profiles.wasm, 1).seconds,
    );
    expect(seconds.every((value, index) => value > (seconds[index - 1] ?? 0))).toBe(true);
  });

  test("the arithmetic of a prime length costs more than twice the power of two beside it", () => {
    const seconds = (n: number) =>
      plan("fft2", {}, { a: spec([n, n]) }).steps.reduce(
        (sum, step) => sum + stepSeconds(step, profiles.wasm),
        0,
      );
    expect(seconds(1021)).toBeGreaterThan(2 * seconds(1024));
  });

  test("memory that is touched for the first time costs time too", () => {
    const { steps } = square(1024);
    const scratchless = { ...profiles.wasm, scratchBytes: () => 0 };
    const lean = demand({ steps: steps.map((step) => ({ ...step, live: 0 })) }, scratchless, 1);
    const whole = demand({ steps }, profiles.wasm, 1);
    expect(lean.peakBytes).toBe(0);
    // 13 µs for each page of 4 KiB, as measured.
    expect((whole.seconds - lean.seconds) / (whole.peakBytes / 4096)).toBeCloseTo(13e-6, 6);
  });
});
