import { type AnyLoop, applyElementwise, type Loop } from "@sluice/compute/loops/elementwise/apply";
import type { Working } from "@sluice/compute/loops/elementwise/operand-blocks";
import { broadcastShape } from "@sluice/compute/model/broadcast";
import {
  type DenseArray,
  type Dtype,
  dtypes,
  elementCount,
  isComplex,
  partsOf,
  zeros,
} from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyArray } from "../../support/contract/any-array.ts";

type Value = readonly [re: number | bigint, im: number];

/** One element of any dtype, at an index of C order. */
const valueAt = (array: DenseArray, index: number): Value =>
  isComplex(array)
    ? [Number(array.data[2 * index]), Number(array.data[2 * index + 1])]
    : [array.data[index] ?? Number.NaN, 0];

/** What a loop sees of it. */
function seen([re, im]: Value, as: Working): readonly (number | bigint)[] {
  if (as === "bool") return [Number(re) !== 0 || im !== 0 ? 1 : 0];
  if (as === "int64") return [BigInt(re)];
  return as === "complex128" ? [Number(re), im] : [Number(re)];
}

/** Index of the element of `shape` that broadcasts to element `index` of `to`. */
function sourceIndex(shape: readonly number[], to: readonly number[], index: number): number {
  let rest = index;
  let found = 0;
  let stride = 1;
  for (let axis = to.length - 1; axis >= 0; axis -= 1) {
    const extent = to[axis] ?? 1;
    const at = rest % extent;
    rest = Math.floor(rest / extent);
    const own = shape[axis - to.length + shape.length] ?? 1;
    if (own > 1) found += at * stride;
    stride *= own;
  }
  return found;
}

const copyOf = (parts: number): AnyLoop =>
  ((out, o, count, a, i) => {
    for (let n = 0; n < parts * count; n += 1) out[o + n] = a[i + n] ?? Number.NaN;
  }) as Loop;

const sources: Record<Working, readonly Dtype[]> = {
  float64: ["float64", "float32", "int64", "bool"],
  complex128: dtypes,
  int64: ["int64", "bool"],
  bool: dtypes,
};

/** Some axes of a larger shape are 1, some leading ones left out. */
const shapes = fc
  .record({
    to: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 }),
    ones: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    dropped: fc.nat(5),
  })
  .map(({ to, ones, dropped }) => ({
    to,
    from: to.map((extent, axis) => (ones[axis] ? 1 : extent)).slice(Math.min(dropped, to.length)),
  }));

describe.each(Object.keys(sources) as Working[])("operands read as %s", (as) => {
  test("are their elements, broadcast, whatever their dtype", () => {
    const cases = shapes.chain(({ to, from }) =>
      anyArray(fc.constant(from), sources[as]).map((array) => ({ to, array })),
    );
    fc.assert(
      fc.property(cases, ({ to, array }) => {
        const shape = broadcastShape({ a: array, to: { shape: to, dtype: "bool" } });
        const result = zeros({ shape, dtype: as }) as DenseArray;
        applyElementwise(copyOf(partsOf({ dtype: as })), [{ array, as }], result, () => {});
        const expected = Array.from({ length: elementCount(shape) }, (_, index) =>
          seen(valueAt(array, sourceIndex(array.shape, shape, index)), as),
        ).flat();
        expect([...result.data]).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("are the same over many blocks", () => {
    for (const dtype of sources[as]) {
      const array = zeros({ shape: [3, 5000], dtype }) as DenseArray;
      for (let at = 0; at < array.data.length; at += 1) {
        if (array.dtype === "int64") array.data[at] = BigInt(at) - 7000n;
        else array.data[at] = array.dtype === "bool" ? at % 2 : at - 7000;
      }
      const result = zeros({ shape: [2, 3, 5000], dtype: as }) as DenseArray;
      applyElementwise(copyOf(partsOf({ dtype: as })), [{ array, as }], result, () => {});
      const wrong = Array.from({ length: 30_000 }, (_, index) => index).filter((index) => {
        const wanted = seen(valueAt(array, index % 15_000), as);
        return wanted.some((value, part) => result.data[wanted.length * index + part] !== value);
      });
      expect([dtype, wrong.slice(0, 3)]).toEqual([dtype, []]);
    }
  });
});

test("results in single precision are rounded, complex ones in both parts", () => {
  const a: DenseArray = { shape: [3000], dtype: "complex128", data: new Float64Array(6000).fill(1 / 3) };
  const result = zeros({ shape: [3000], dtype: "complex64" });
  applyElementwise(copyOf(2), [{ array: a, as: "complex128" }], result, () => {});
  expect(result.data.every((value) => value === Math.fround(1 / 3))).toBe(true);
});

test("int64 wraps around as it is stored", () => {
  const add: Loop<"int64"> = (out, o, count, a, i, b, j) => {
    for (let n = 0; n < count; n += 1) out[o + n] = (a[i + n] ?? 0n) + (b[j + n] ?? 0n);
  };
  const a: DenseArray = { shape: [2], dtype: "int64", data: BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n)) };
  const b: DenseArray = { shape: [2], dtype: "int64", data: BigInt64Array.of(1n, -1n) };
  const operands = [a, b].map((array) => ({ array, as: "int64" }) as const);
  const result = applyElementwise(add, operands, zeros({ shape: [2], dtype: "int64" }), () => {});
  expect([...result.data]).toEqual([-(2n ** 63n), 2n ** 63n - 1n]);
});

test("floats are not read as int64: what would be lost is not said", () => {
  const array: DenseArray = { shape: [2], dtype: "float64", data: Float64Array.of(1.5, 2) };
  const result = zeros({ shape: [2], dtype: "int64" });
  expect(() => applyElementwise(copyOf(1), [{ array, as: "int64" }], result, () => {})).toThrow(
    "expected bool or int64 to be read as int64, got float64",
  );
});
