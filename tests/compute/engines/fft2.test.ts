import { run } from "@sluice/compute";
import { elementCount, type FloatingArray, zeros } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eps, operand, relativeError, spec } from "../../support/compute/arrays.ts";
import { floating } from "../../support/contract/floating.ts";

function fft2(a: FloatingArray, norm = "backward"): FloatingArray {
  const { result } = run("fft2", { norm }, { a });
  return floating(result);
}

/** exp(-2πi·turns), with the turns reduced to [0, 1) by integers first. */
function root(numerator: number, denominator: number): [number, number] {
  const angle = (2 * Math.PI * (numerator % denominator)) / denominator;
  return [Math.cos(angle), -Math.sin(angle)];
}

/** The definition, term by term: the oracle for small sizes. */
function definition({ shape: [rows = 0, columns = 0], dtype, data }: FloatingArray): Float64Array {
  const parts = dtype === "complex128" ? 2 : 1;
  const out = new Float64Array(2 * rows * columns);
  for (let k = 0; k < rows; k += 1) {
    for (let l = 0; l < columns; l += 1) {
      for (let i = 0; i < rows; i += 1) {
        for (let j = 0; j < columns; j += 1) {
          const [c, s] = root(k * i * columns + l * j * rows, rows * columns);
          const at = parts * (i * columns + j);
          const [x, y] = [data[at] ?? 0, parts === 2 ? (data[at + 1] ?? 0) : 0];
          const to = 2 * (k * columns + l);
          out[to] = (out[to] ?? 0) + x * c - y * s;
          out[to + 1] = (out[to + 1] ?? 0) + x * s + y * c;
        }
      }
    }
  }
  return out;
}

const sumOfSquares = (data: ArrayLike<number>): number =>
  Array.from(data).reduce((total, value) => total + value * value, 0);

const anyDtype = fc.constantFrom("float64", "float32", "complex128" as const);
const matrices = fc
  .record({
    rows: fc.integer({ min: 1, max: 12 }),
    columns: fc.integer({ min: 1, max: 12 }),
    dtype: anyDtype,
    seed: fc.nat(),
  })
  .map(({ rows, columns, dtype, seed }) => operand([rows, columns], dtype, seed));

describe("fft2", () => {
  test("is the transform by its definition, for every small rectangle and dtype", () => {
    fc.assert(
      fc.property(matrices, (a) => {
        // A result of float32 is rounded to it.
        const allowed = a.dtype === "float32" ? 2 ** -23 : 64 * eps;
        return relativeError(fft2(a).data, definition(a)) < allowed;
      }),
      { numRuns: 150 },
    );
  });

  // Lengths on both sides of the 64-point leaf, of two and three levels of splitting, and primes.
  test.each([63, 64, 65, 127, 128, 1009, 1024, 4096, 10_007, 16_384, 131_072])(
    "the transform of a shifted impulse of %i points is a row of exact roots",
    (n) => {
      const a = zeros(spec([1, n]));
      const shift = Math.floor(n / 3);
      a.data[shift] = 1;
      const { data } = fft2(a);
      let worst = 0;
      for (let k = 0; k < n; k += 1) {
        const [c, s] = root(shift * k, n);
        worst = Math.max(worst, Math.abs((data[2 * k] ?? 1) - c), Math.abs((data[2 * k + 1] ?? 1) - s));
      }
      expect(worst).toBeLessThan(32 * eps);
    },
  );

  test.each([
    [97, 64],
    [128, 200],
    [1, 2048],
    [509, 3],
  ])("keeps energy (Parseval), %i×%i", (rows, columns) => {
    const a = operand([rows, columns], "complex128", 5);
    const before = sumOfSquares(a.data) * rows * columns;
    expect(Math.abs(sumOfSquares(fft2(a).data) / before - 1)).toBeLessThan(1e-13);
    expect(Math.abs(sumOfSquares(fft2(a, "ortho").data) / sumOfSquares(a.data) - 1)).toBeLessThan(1e-13);
  });

  test("is linear", () => {
    fc.assert(
      fc.property(matrices, fc.integer({ min: 1, max: 10 }), (a, factor) => {
        const scaled = { ...a, data: a.data.map((value) => value * factor) };
        const expected = fft2(a).data.map((value) => value * factor);
        // float32 input rounds the scaled values before we see them.
        return (
          relativeError(fft2(scaled).data, expected) < (a.dtype === "float32" ? 1e-5 : 64 * eps) ||
          factor === 0
        );
      }),
    );
  });

  test("a batch is its matrices one by one", () => {
    const batch = operand([2, 3, 5, 7], "complex128", 8);
    const { data } = fft2(batch);
    for (let index = 0; index < 6; index += 1) {
      const alone = { ...batch, shape: [5, 7], data: batch.data.slice(index * 70, (index + 1) * 70) };
      expect(data.subarray(index * 70, (index + 1) * 70)).toEqual(fft2(alone).data);
    }
  });

  test("rows of very different size do not leak into each other", () => {
    // Along the columns of a one-row matrix there is nothing to mix: a batch of rows.
    const rows = operand([2, 1, 60], "float64", 9);
    for (let index = 0; index < 60; index += 1) rows.data[index] = (rows.data[index] ?? 0) * 1e-20;
    const alone = { ...rows, shape: [1, 60], data: rows.data.slice(0, 60) };
    expect(fft2(rows).data.subarray(0, 120)).toEqual(fft2(alone).data);
    rows.data[60] = Number.NaN;
    expect(fft2(rows).data.subarray(0, 120)).toEqual(fft2(alone).data);
  });

  test("leaves its input alone and gives the same bytes twice", () => {
    const a = operand([33, 70], "float32", 10);
    const copy = a.data.slice();
    expect(fft2(a)).toEqual(fft2(a));
    expect(a.data).toEqual(copy);
    expect(elementCount(a.shape)).toBe(a.data.length);
  });
});
