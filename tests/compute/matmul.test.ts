import { run } from "@sluice/compute";
import type { DenseArray } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eps, operand, real, relativeError } from "./arrays.ts";

function matmul(a: DenseArray, b: DenseArray): DenseArray {
  const { result } = run("matmul", {}, { a, b });
  if (!result) throw new Error("matmul gave no result");
  return result;
}

/** The three loops, complex throughout: the oracle. */
function definition(a: DenseArray, b: DenseArray): { re: Float64Array; im: Float64Array } {
  const [m = 0, k = 0] = a.shape;
  const n = b.shape[1] ?? 0;
  const at = ({ dtype, data }: DenseArray, index: number): [number, number] =>
    dtype === "complex128" ? [data[2 * index] ?? 0, data[2 * index + 1] ?? 0] : [data[index] ?? 0, 0];
  const [re, im] = [new Float64Array(m * n), new Float64Array(m * n)];
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j < n; j += 1) {
      let [x, y] = [0, 0];
      for (let p = 0; p < k; p += 1) {
        const [ar, ai] = at(a, i * k + p);
        const [br, bi] = at(b, p * n + j);
        x += ar * br - ai * bi;
        y += ar * bi + ai * br;
      }
      re[i * n + j] = x;
      im[i * n + j] = y;
    }
  }
  return { re, im };
}

function errorAgainstDefinition(a: DenseArray, b: DenseArray): number {
  const { dtype, data } = matmul(a, b);
  const { re, im } = definition(a, b);
  if (dtype !== "complex128") return relativeError(data, re);
  const interleaved = Array.from(re, (value, index) => [value, im[index] ?? 0]).flat();
  return relativeError(data, interleaved);
}

const anyDtype = fc.constantFrom("float64", "float32", "complex128" as const);
const extent = fc.integer({ min: 0, max: 20 });

describe("matmul", () => {
  test("is the product by its definition, for all small shapes and dtypes, empty ones too", () => {
    fc.assert(
      fc.property(extent, extent, extent, anyDtype, anyDtype, fc.nat(), (m, k, n, left, right, seed) => {
        const allowed = left === "float32" && right === "float32" ? 2 ** -22 : 32 * eps;
        return (
          errorAgainstDefinition(operand([m, k], left, seed), operand([k, n], right, seed + 1)) < allowed
        );
      }),
      { numRuns: 300 },
    );
  });

  // One more and one less than a register tile, a depth of 256, a panel of 96 rows and of 1536 columns.
  test.each([
    [95, 255, 5],
    [97, 257, 4],
    [193, 513, 2],
    [3, 258, 1535],
    [5, 7, 1537],
    [4, 1, 3073],
  ])("%i×%i times %i columns crosses the edges of the blocks", (m, k, n) => {
    expect(errorAgainstDefinition(operand([m, k], "float64", 1), operand([k, n], "float64", 2))).toBeLessThan(
      64 * eps,
    );
  });

  test("C·t is A·(B·t) for a random vector t, at a size too large for the three loops", () => {
    const [a, b, t] = [
      operand([700, 900], "float64", 3),
      operand([900, 650], "float64", 4),
      operand([650, 1], "float64", 5),
    ];
    expect(relativeError(matmul(matmul(a, b), t).data, matmul(a, matmul(b, t)).data)).toBeLessThan(1e-12);
  });

  test("a NaN or an infinity reaches its own row and column and nothing else", () => {
    const a = operand([9, 5], "float64", 6);
    a.data[5 * 4 + 2] = Number.NaN;
    const b = operand([5, 8], "float64", 7);
    b.data[6] = Number.POSITIVE_INFINITY;
    const { data } = matmul(a, b);
    for (let i = 0; i < 9; i += 1) {
      for (let j = 0; j < 8; j += 1) expect(Number.isFinite(data[i * 8 + j])).toBe(i !== 4 && j !== 6);
    }
  });

  test("an empty sum is zero", () => {
    expect(matmul(operand([2, 0], "float64", 1), operand([0, 3], "float64", 1)).data).toEqual(
      new Float64Array(6),
    );
  });

  test("small whole numbers are exact", () => {
    expect([
      ...matmul(
        real([
          [1, 2],
          [3, 4],
        ]),
        real([
          [5, 6],
          [7, 8],
        ]),
      ).data,
    ]).toEqual([19, 22, 43, 50]);
  });
});
