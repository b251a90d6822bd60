import { random } from "@sluice/compute";
import { singleThreadPool } from "@sluice/compute/engines/threads";
import { foldable, foldedMatmul } from "@sluice/compute/engines/wasm/fold";
import { type KernelMemory, kernelMemory, stagingMemory } from "@sluice/compute/engines/wasm/memory";
import type { FloatingArray } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eps, operand, relativeError } from "../../support/compute/arrays.ts";
import { reference, runOn, staged, wasm } from "../../support/compute/engines.ts";
import { floating } from "../../support/contract/floating.ts";

const truth = reference.open();
const memory = kernelMemory(2 ** 22);
const small = stagingMemory(2 ** 23);

const magnitude = (m: number, n: number): FloatingArray =>
  truth.absoluteFft2(operand([m, n], "float64", m + n));

function folded(a: FloatingArray, b: FloatingArray, on: KernelMemory = memory): Float64Array | Float32Array {
  const result = foldedMatmul(a, b, on, singleThreadPool(on.memory), () => {});
  const copy = Float64Array.from(result.data);
  on.release(result);
  return copy;
}

function foldError(m: number, n: number, columns: number): number {
  // Nothing negative, so that no sum cancels: errors are those of the sums.
  const [a, b] = [magnitude(m, n), random({ shape: [n, columns], seed: 9 })];
  return relativeError(folded(a, b), truth.matmul(a, b).data);
}

const extents = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const shapes = extents.flatMap((m) => extents.map((n) => [m, n] as const));

describe("the product with a centrosymmetric left factor", () => {
  test.each(shapes)("|fft2| of %i×%i, its self-paired rows and columns counted once", (m, n) => {
    for (const columns of [1, 2, 5]) expect(foldError(m, n, columns)).toBeLessThan(16 * eps);
  });

  test("any rectangle", () => {
    const extent = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(extent, extent, extent, (m, n, columns) => foldError(m, n, columns) < 32 * eps),
      { numRuns: 60 },
    );
  });

  // Beyond one panel of rows, one depth of terms and one group of staged columns, in all parities.
  test.each([
    [200, 520],
    [201, 520],
    [200, 521],
    [203, 519],
  ])("%i×%i gives the same bytes staged or not", (m, n) => {
    const [a, b] = [magnitude(m, n), operand([n, 515], "float64", 3)];
    const once = folded(a, b);
    expect(folded(a, b, small)).toEqual(once);
    expect(relativeError(once, truth.matmul(a, b).data)).toBeLessThan(64 * eps);
  });

  test("more columns than are packed at a time", () => {
    expect(foldError(7, 5, 2050)).toBeLessThan(16 * eps);
  });

  // Both sides of the size from which wasm folds, with magnitude and R in its own memory.
  test.each([
    [95, 130],
    [96, 131],
    [130, 97],
    [129, 128],
  ])("spectral-projection of %i×%i is that of the reference, and the same bytes staged", (m, n) => {
    const inputs = { a: operand([m, n], "float64", 1) };
    const [expected, direct, copied] = [reference, wasm, staged].map(
      (engine) => runOn(engine, "spectral-projection", { seed: 8 }, inputs).result,
    );
    expect(relativeError(floating(direct).data, floating(expected).data)).toBeLessThan(32 * eps);
    expect(copied).toEqual(direct);
  });

  test("reports the fraction done, rising to 1", () => {
    const fractions: number[] = [];
    foldedMatmul(
      magnitude(300, 300),
      operand([300, 100], "float64", 1),
      memory,
      singleThreadPool(memory.memory),
      (f) => fractions.push(f),
    );
    expect(fractions.length).toBeGreaterThan(4);
    expect(fractions.every((fraction, index) => fraction >= (fractions[index - 1] ?? 0))).toBe(true);
    expect(fractions.at(-1)).toBe(1);
  });
});

describe("whether a product is folded", () => {
  const pool = singleThreadPool(memory.memory);
  const can = (a: FloatingArray, b: FloatingArray): boolean => foldable(a, b, memory, pool);
  const with_ = (array: FloatingArray, value: number, index: number): FloatingArray => {
    array.data[index] = value;
    return array;
  };
  const big = () => magnitude(100, 101);
  const right = () => operand([101, 97], "float64", 2);

  test("ordinary values from 96 rows and columns on", () => {
    expect(can(big(), right())).toBe(true);
    expect(can(magnitude(95, 101), right())).toBe(false);
    expect(can(big(), operand([101, 95], "float64", 2))).toBe(false);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2e300, -2e300])(
    "%d anywhere in either factor asks for the plain product",
    (value) => {
      for (const index of [0, 1, 4000, 9795, 9796]) {
        expect(can(with_(big(), value, index), right())).toBe(false);
        expect(can(big(), with_(right(), value, index))).toBe(false);
      }
    },
  );

  test("values that would overflow when folded come out as the plain product has them", () => {
    const a = big();
    a.data.fill(1.5e308);
    const b = right();
    b.data.fill(0.001);
    const engine = wasm.open();
    const product = engine.matmul(a, b, { centrosymmetric: true }).data;
    expect(product).toEqual(engine.matmul(a, b).data);
    expect(product.every((value) => Math.abs(value / 1.5e308 - 0.101) < 1e-9)).toBe(true);
  });
});
