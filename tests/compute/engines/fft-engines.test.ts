import { readFileSync } from "node:fs";
import { reference } from "@sluice/compute/engines/reference/index";
import { kernelMemory } from "@sluice/compute/engines/wasm/memory";
import { type FloatingArray, type FloatingDtype, zeros } from "@sluice/contract/array";
import { decodeNpy } from "@sluice/contract/npy";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eps, operand, relativeError, spec } from "../../support/compute/arrays.ts";
import { expectSameBytes, tolerance, transformsOn, wasm } from "../../support/compute/wasm-fft.ts";
import { floating } from "../../support/contract/floating.ts";

const truth = reference.open(() => () => {}, 0);
const dtypes = ["float64", "float32", "complex128"] as const;
const upTo9 = Array.from({ length: 81 }, (_, index) => [1 + Math.floor(index / 9), 1 + (index % 9)] as const);
// Even and odd, several passes of each radix, primes with and without a kernel, one row, one column.
const shapes = [
  ...[
    [64, 64],
    [128, 32],
    [100, 97],
    [143, 91],
    [120, 300],
    [121, 49],
    [13, 169],
    [77, 26],
    [243, 125],
  ],
  ...[
    [1, 2048],
    [2048, 1],
    [997, 3],
    [3, 997],
    [2, 1009],
    [256, 17],
    [34, 38],
    [23, 46],
    [29, 31],
    [58, 37],
    [1088, 19],
    [299, 300],
    [1, 1],
    [289, 2],
  ],
] as [number, number][];

function expectAgreement(a: FloatingArray): void {
  const expected = truth.fft2(a);
  const actual = wasm.fft2(a);
  expect([actual.dtype, ...actual.shape]).toEqual(["complex128", ...a.shape]);
  expect(relativeError(actual.data, expected.data)).toBeLessThan(tolerance(a));
  const magnitude = wasm.absoluteFft2(a);
  expect([magnitude.dtype, ...magnitude.shape]).toEqual(["float64", ...a.shape]);
  expectSameBytes(magnitude, wasm.absolute(actual));
  expect(relativeError(magnitude.data, truth.absolute(expected).data)).toBeLessThan(tolerance(a));
}

describe("fft2 of the wasm engine is the reference's", () => {
  test.each(dtypes)("for every m and n in 1…9, %s", (dtype) => {
    for (const shape of upTo9) expectAgreement(operand(shape, dtype, 3));
  });

  test.each(shapes)("%i×%i", (rows, columns) => {
    for (const dtype of dtypes) expectAgreement(operand([rows, columns], dtype, 4));
  });

  test("over batch axes, each matrix with the bytes it has alone", () => {
    for (const dtype of dtypes) {
      const batch = operand([2, 3, 6, 11], dtype, 5);
      expectAgreement(batch);
      const perMatrix = batch.data.length / 6;
      const last = { ...batch, shape: [6, 11], data: batch.data.slice(5 * perMatrix) };
      expect(wasm.fft2(batch).data.slice(5 * 132)).toEqual(wasm.fft2(last).data);
    }
  });

  test("for any shape up to 40×40", () => {
    const extent = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(extent, extent, fc.constantFrom(...dtypes), fc.nat(), (rows, columns, dtype, seed) => {
        const a = operand([rows, columns], dtype, seed);
        return relativeError(wasm.fft2(a).data, truth.fft2(a).data) < tolerance(a);
      }),
      { numRuns: 150 },
    );
  });

  test("of nothing is nothing", () => {
    expect(wasm.fft2(zeros(spec([0, 3]))).data).toHaveLength(0);
    expect(wasm.absoluteFft2(zeros(spec([2, 0, 3]))).shape).toEqual([2, 0, 3]);
  });
});

interface OperationCase {
  operation: string;
  params: Record<string, unknown>;
  inputs: { a: { shape: number[]; dtype: FloatingDtype; seed: number } };
  result: { values: number[] };
}

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/numpy/${name}`, import.meta.url));

describe("fft2 of the wasm engine is NumPy's", () => {
  const cases: OperationCase[] = JSON.parse(fixture("operations.json").toString());
  const unscaled = cases.filter(({ operation, params }) => operation === "fft2" && !params.norm);

  test("in every fixture", () => {
    expect(unscaled.length).toBeGreaterThan(10);
    for (const { inputs, result } of unscaled) {
      const a = operand(inputs.a.shape, inputs.a.dtype, inputs.a.seed);
      expect(relativeError(wasm.fft2(a).data, result.values)).toBeLessThan(tolerance(a));
    }
  });

  test("at 64×64", () => {
    const a = operand([64, 64], "float64", 41);
    expect(relativeError(wasm.fft2(a).data, floating(decodeNpy(fixture("fft2-64.npy"))).data)).toBeLessThan(
      8 * eps,
    );
  });
});

describe("the wasm engine's transforms", () => {
  test.each([60, 1001, 1009, 2048, 10_007, 30_030, 65_536])(
    "turn a shifted impulse of %i points into exact roots of unity",
    (n) => {
      const a = zeros(spec([1, n], "complex128"));
      const shift = Math.floor(n / 3);
      a.data[2 * shift] = 1;
      const { data } = wasm.fft2(a);
      let worst = 0;
      for (let k = 0; k < n; k += 1) {
        const angle = (2 * Math.PI * ((shift * k) % n)) / n;
        const [re = Number.NaN, im = Number.NaN] = data.subarray(2 * k, 2 * k + 2);
        worst = Math.max(worst, Math.abs(re - Math.cos(angle)), Math.abs(im + Math.sin(angle)));
      }
      expect(worst).toBeLessThan(16 * eps);
    },
  );

  test.each([
    [8, 8],
    [5, 12],
    [17, 9],
    [1, 50],
  ])("go there and back, %i×%i", (rows, columns) => {
    const a = operand([rows, columns], "complex128", 6);
    const back = wasm.inverseFft2(wasm.fft2(a)).data.map((value) => value / (rows * columns));
    expect(relativeError(back, a.data)).toBeLessThan(2 * tolerance(a));
  });

  test("of real numbers have exactly centrosymmetric magnitudes", () => {
    for (const [rows, columns] of [...upTo9, [16, 30] as const, [31, 17] as const, [12, 40] as const]) {
      const { data } = wasm.absoluteFft2(operand([rows, columns], "float64", 7));
      const image = data.map((_, index) => {
        const [row, column] = [Math.floor(index / columns), index % columns];
        return data[((rows - row) % rows) * columns + ((columns - column) % columns)] ?? Number.NaN;
      });
      expect(image).toEqual(data);
    }
  });

  test("leave their input alone and give the same bytes twice", () => {
    const a = operand([33, 70], "float64", 8);
    const copy = a.data.slice();
    expectSameBytes(wasm.fft2(a), wasm.fft2(a));
    expect(a.data).toEqual(copy);
  });

  test("report each plan step by work done, in order, to its end", () => {
    const steps: number[][] = [];
    const nextStep = () => {
      const fractions: number[] = [];
      steps.push(fractions);
      return (fraction: number) => fractions.push(fraction);
    };
    const counting = transformsOn(kernelMemory(2 ** 26), nextStep);
    counting.fft2(operand([2, 900, 700], "float64", 9));
    counting.absoluteFft2(operand([50, 60], "float64", 9));
    expect(steps).toHaveLength(5);
    for (const fractions of steps) {
      expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
      expect(fractions.at(-1)).toBe(1);
    }
    expect(steps[0]?.length).toBeGreaterThan(3);
  });
});
