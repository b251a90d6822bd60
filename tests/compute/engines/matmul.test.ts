import type { Engine } from "@sluice/compute/engines/engine";
import type { FloatingArray } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eps, operand, real, relativeError } from "../../support/compute/arrays.ts";
import { staged, testedEngines, wasm } from "../../support/compute/engines.ts";

/** The three loops, complex throughout: the oracle. */
function definition(a: FloatingArray, b: FloatingArray): { re: Float64Array; im: Float64Array } {
  const [m = 0, k = 0] = a.shape;
  const n = b.shape[1] ?? 0;
  const at = ({ dtype, data }: FloatingArray, index: number): [number, number] =>
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

const largest = (values: Iterable<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Largest difference relative to k·max|a|·max|b|: terms may cancel, their roundings do not. */
function errorAgainstDefinition(engine: Engine, a: FloatingArray, b: FloatingArray): number {
  const { dtype, data } = engine.matmul(a, b);
  const { re, im } = definition(a, b);
  const expected = dtype === "complex128" ? Array.from(re).flatMap((x, index) => [x, im[index] ?? 0]) : re;
  if (data.length !== expected.length) return Number.POSITIVE_INFINITY;
  const difference = largest(data.map((value, index) => value - (expected[index] ?? Number.NaN)));
  return difference === 0 ? 0 : difference / ((a.shape[1] ?? 0) * largest(a.data) * largest(b.data));
}

const anyDtype = fc.constantFrom("float64", "float32", "complex128" as const);
const extent = fc.integer({ min: 0, max: 20 });

describe.each(testedEngines)("matmul on $name", ({ open }) => {
  const engine = open();

  test("is the product by its definition, for all small shapes and dtypes, empty ones too", () => {
    fc.assert(
      fc.property(extent, extent, extent, anyDtype, anyDtype, fc.nat(), (m, k, n, left, right, seed) => {
        const allowed = left === "float32" && right === "float32" ? 2 ** -22 : 4 * eps;
        return (
          errorAgainstDefinition(engine, operand([m, k], left, seed), operand([k, n], right, seed + 1)) <
          allowed
        );
      }),
      { numRuns: 200 },
    );
  });

  // One more and one less than register tiles, a depth of 256 and one of 384, panels of 96 rows and of 1536 or 2048 columns.
  test.each([
    [95, 255, 5],
    [97, 257, 4],
    [97, 383, 3],
    [95, 385, 3],
    [193, 513, 2],
    [3, 258, 1535],
    [5, 7, 1537],
    [4, 1, 3073],
    [13, 300, 2049],
  ])("%i×%i times %i columns crosses the edges of the blocks", (m, k, n) => {
    expect(
      errorAgainstDefinition(engine, operand([m, k], "float64", 1), operand([k, n], "float64", 2)),
    ).toBeLessThan(64 * eps);
  });

  test("C·t is A·(B·t) for a random vector t, at a size too large for the three loops", () => {
    const [a, b, t] = [
      operand([700, 900], "float64", 3),
      operand([900, 650], "float64", 4),
      operand([650, 1], "float64", 5),
    ];
    const [left, right] = [engine.matmul(engine.matmul(a, b), t), engine.matmul(a, engine.matmul(b, t))];
    expect(relativeError(left.data, right.data)).toBeLessThan(1e-12);
  });

  test("a real factor is not widened: an infinity beside it makes no NaN out of 0·∞", () => {
    const i: FloatingArray = { shape: [1, 1], dtype: "complex128", data: Float64Array.of(0, 1) };
    const infinite = real([[Number.POSITIVE_INFINITY]]);
    const { data } = engine.matmul(i, infinite);
    expect(data[1]).toBe(Number.POSITIVE_INFINITY);
    expect([...engine.matmul(infinite, real([[2]])).data]).toEqual([Number.POSITIVE_INFINITY]);
  });

  test("a NaN or an infinity reaches its own row and column and nothing else", () => {
    const a = operand([9, 5], "float64", 6);
    a.data[5 * 4 + 2] = Number.NaN;
    const b = operand([5, 8], "float64", 7);
    b.data[6] = Number.POSITIVE_INFINITY;
    const { data } = engine.matmul(a, b);
    for (let i = 0; i < 9; i += 1) {
      for (let j = 0; j < 8; j += 1) expect(Number.isFinite(data[i * 8 + j])).toBe(i !== 4 && j !== 6);
    }
  });

  test("an empty sum is zero", () => {
    expect(engine.matmul(operand([2, 0], "float64", 1), operand([0, 3], "float64", 1)).data).toEqual(
      new Float64Array(6),
    );
  });

  test("small whole numbers are exact", () => {
    expect([
      ...engine.matmul(
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

describe("matmul on wasm", () => {
  test.each([
    ["float64", "float64"],
    ["float32", "float32"],
    ["float32", "float64"],
    ["complex128", "complex128"],
    ["complex128", "float32"],
    ["float64", "complex128"],
  ] as const)("%s times %s gives the same bytes staged or not, twice", (left, right) => {
    // Edges of tiles, two depths, two panels of rows, two groups of staged columns.
    const [a, b] = [operand([101, 301], left, 1), operand([301, 523], right, 2)];
    const once = wasm.open().matmul(a, b).data;
    const engine = staged.open();
    expect(engine.matmul(a, b).data).toEqual(once);
    expect(engine.matmul(a, b).data).toEqual(once);
  });

  test("the bytes of an element depend on its row, its column and the depth alone", () => {
    const engine = wasm.open();
    const [a, b] = [operand([110, 300], "float64", 3), operand([300, 40], "float64", 4)];
    const whole = engine.matmul(a, b).data;
    const row = { ...a, shape: [1, 300], data: a.data.slice(97 * 300, 98 * 300) };
    expect(engine.matmul(row, b).data).toEqual(whole.slice(97 * 40, 98 * 40));
  });
});
