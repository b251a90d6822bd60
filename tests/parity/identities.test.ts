/** What holds for any numbers, whatever NumPy says. */
import { type Arrays, run } from "@sluice/compute";
import type { FloatingArray } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eps, operand, relativeError, spec } from "../support/compute/arrays.ts";
import { floating } from "../support/contract/floating.ts";

const result = (operation: string, params: unknown, inputs: Arrays): FloatingArray => {
  const { result } = run(operation, params, inputs);
  return floating(result);
};

const dtype = fc.constantFrom("float64" as const, "float32" as const, "complex128" as const);
const shape = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 });
/** An array in [-0.5, 0.5) and a generator of axes for it. */
const arrays = fc
  .record({ shape, dtype, seed: fc.integer({ min: 0, max: 1e6 }) })
  .map(({ shape, dtype, seed }) => operand(shape, dtype, seed));
const matrices = fc
  .record({
    shape: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
    dtype,
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ shape, dtype, seed }) => operand(shape, dtype, seed));

/** For sums of some dozens of numbers. */
const tolerance = ({ dtype }: FloatingArray): number => (dtype === "float32" ? 2 ** -18 : 256 * eps);
const close = (actual: FloatingArray, expected: FloatingArray) =>
  relativeError(actual.data, expected.data) <= tolerance(expected);

describe("identities", () => {
  test("a + b = b + a and a - a = 0, to the bit", () => {
    fc.assert(
      fc.property(arrays, arrays, (a, b) => {
        const scalar = { ...b, shape: [], data: b.data.slice(0, b.dtype === "complex128" ? 2 : 1) };
        expect(result("add", {}, { a, b: scalar })).toEqual(result("add", {}, { a: scalar, b: a }));
        expect(result("subtract", {}, { a, b: a }).data.every((value) => value === 0)).toBe(true);
      }),
    );
  });

  test("transposing there and back is nothing, and keeps every sum of all", () => {
    const permuted = arrays.chain((a) =>
      fc.tuple(
        fc.constant(a),
        fc.shuffledSubarray(
          a.shape.map((_, axis) => axis),
          { minLength: a.shape.length },
        ),
      ),
    );
    fc.assert(
      fc.property(permuted, ([a, axes]) => {
        const turned = result("transpose", { axes }, { a });
        const back = axes.map((_, axis) => axes.indexOf(axis));
        expect(result("transpose", { axes: back }, { a: turned }).data).toEqual(a.data);
        const scale = result("sum", {}, { a: result("abs", {}, { a }) }).data[0] ?? 0;
        const other = result("sum", {}, { a: turned });
        result("sum", {}, { a }).data.forEach((value, part) => {
          const difference = Math.abs(value - (other.data[part] ?? Number.NaN));
          expect(difference).toBeLessThanOrEqual(tolerance(a) * scale);
        });
      }),
    );
  });

  test("summing axis by axis is summing all; the last running sum is the sum", () => {
    fc.assert(
      fc.property(matrices, (a) => {
        const rows = result("sum", { axis: 1 }, { a });
        const all = result("sum", {}, { a: result("abs", {}, { a }) });
        const scale = Math.abs(all.data[0] ?? 0);
        const [total, byRows] = [result("sum", {}, { a }), result("sum", {}, { a: rows })];
        const running = result("cumsum", {}, { a });
        const parts = a.dtype === "complex128" ? 2 : 1;
        total.data.forEach((value, part) => {
          const last = running.data[running.data.length - parts + part] ?? Number.NaN;
          expect(Math.abs(value - (byRows.data[part] ?? Number.NaN))).toBeLessThanOrEqual(
            tolerance(a) * scale,
          );
          expect(Math.abs(value - last)).toBeLessThanOrEqual(tolerance(a) * scale);
        });
      }),
    );
  });

  test("sorting keeps the numbers and puts them in order; its middle is the 50th percentile", () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 41 }), (values) => {
        const a: FloatingArray = { ...spec([values.length]), data: new Float64Array(values) };
        const sorted = result("sort", {}, { a }).data;
        expect([...sorted].map(String).sort()).toEqual([...a.data].map(String).sort());
        const finite = sorted.filter((value) => !Number.isNaN(value));
        expect(finite.every((value, index) => index === 0 || value >= (finite[index - 1] ?? 0))).toBe(true);
        const middle = result("percentile", { q: 50, method: "lower" }, { a }).data[0];
        const hasNaN = finite.length < values.length;
        expect(middle).toBe(hasNaN ? Number.NaN : sorted[Math.floor((values.length - 1) / 2)]);
      }),
    );
  });

  test("min and max are where argmin and argmax say; clip to them changes nothing", () => {
    fc.assert(
      fc.property(matrices, (a) => {
        if (a.dtype === "complex128") return;
        const [least, most] = ["min", "max"].map((name) => result(name, {}, { a }).data[0] ?? 0);
        const at = (name: string) => a.data[Number(run(name, {}, { a }).result?.data[0])];
        expect(at("argmin")).toBe(least);
        expect(at("argmax")).toBe(most);
        expect(result("clip", { min: least, max: most }, { a }).data).toEqual(a.data);
      }),
    );
  });

  test("gram is dot with the adjoint: its trace is the sum of squared magnitudes, and it is symmetric", () => {
    fc.assert(
      fc.property(matrices, (a) => {
        const gram = result("gram", {}, { a });
        const magnitudes = result("abs", {}, { a });
        const squares = result("sum", {}, { a: result("multiply", {}, { a: magnitudes, b: magnitudes }) });
        const trace = result("trace", {}, { a: gram });
        expect(Math.abs((trace.data[0] ?? 0) - (squares.data[0] ?? 0))).toBeLessThan(
          tolerance(a) * (squares.data[0] ?? 0),
        );
        if (a.dtype === "complex128") return;
        expect(result("transpose", {}, { a: gram }).data).toEqual(gram.data);
      }),
    );
  });

  test("log undoes exp, sqrt squares, sin² + cos² = 1, of complex numbers too", () => {
    fc.assert(
      fc.property(arrays, (a) => {
        const b = a;
        // Near 1 the logarithm magnifies what exp rounded: as much as the numbers are below 1.
        result("log", {}, { a: result("exp", {}, { a }) }).data.forEach((value, index) => {
          expect(Math.abs(value - (a.data[index] ?? Number.NaN))).toBeLessThan(tolerance(a));
        });
        const root = result("sqrt", {}, { a: result("multiply", {}, { a, b }) });
        const [roots, sizes] = [result("abs", {}, { a: root }), result("abs", {}, { a })];
        expect(close(roots, sizes)).toBe(true);
        const [sin, cos] = [result("sin", {}, { a }), result("cos", {}, { a })];
        const squares = [sin, cos].map((one) => result("multiply", {}, { a: one, b: one }));
        const one = result("add", {}, { a: squares[0] ?? a, b: squares[1] ?? a });
        const parts = a.dtype === "complex128" ? 2 : 1;
        one.data.forEach((value, index) => {
          expect(Math.abs(value - (index % parts === 0 ? 1 : 0))).toBeLessThan(tolerance(a));
        });
      }),
    );
  });

  test("a convolution with one number scales, the counts of a histogram are all elements", () => {
    fc.assert(
      fc.property(matrices, fc.integer({ min: 1, max: 20 }), (a, bins) => {
        const b = operand([1, 1], a.dtype, 3);
        const scaled = result("multiply", {}, { a, b });
        expect(close(result("convolve2d", {}, { a, b }), scaled)).toBe(true);
        if (a.dtype === "complex128") return;
        const { hist } = run("histogram", { bins }, { a });
        const counts = Array.from<number | bigint, number>(hist?.data ?? [], Number);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(a.data.length);
      }),
    );
  });

  test("correlation is covariance between -1 and 1, with ones on its diagonal", () => {
    fc.assert(
      fc.property(matrices, (a) => {
        const [rows = 0, columns = 0] = a.shape;
        if (rows < 2 || columns < 3 || a.dtype === "complex128") return;
        const { data } = result("corrcoef", {}, { a });
        data.forEach((value, index) => {
          expect(Math.abs(value)).toBeLessThanOrEqual(1);
          if (index % (rows + 1) === 0) expect(value).toBeCloseTo(1, 12);
        });
      }),
    );
  });
});
