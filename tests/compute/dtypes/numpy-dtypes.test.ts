import { readFileSync } from "node:fs";
import { run } from "@sluice/compute";
import { computedAs } from "@sluice/compute/model/dtypes/conversions";
import { resultDtype } from "@sluice/compute/model/result-dtype";
import { type WeakScalar, weakDtype } from "@sluice/compute/operations/program/weak-scalar";
import { arrayOver, type DenseArray, type Dtype, dtypes } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";

interface Cast {
  readonly from: Dtype;
  readonly to: Dtype;
  readonly count: number;
  readonly values: string;
  readonly expected: string;
}

const fixture: {
  readonly promotion: [Dtype, Dtype, Dtype][];
  readonly weak: ["bool" | "int" | "float" | "complex", Dtype, Dtype][];
  readonly casts: Cast[];
} = JSON.parse(readFileSync(new URL("../../fixtures/numpy/dtypes.json", import.meta.url), "utf8"));

const arrayIn = (base64: string, dtype: Dtype, count: number): DenseArray =>
  arrayOver({ shape: [count], dtype }, new Uint8Array(Buffer.from(base64, "base64")).buffer);

const scalars: Record<string, WeakScalar> = {
  bool: true,
  int: 3,
  float: 2.5,
  complex: { complex: [0, 1] },
};

describe("NumPy's own tables", () => {
  test("of promotion, for every pair", () => {
    expect(fixture.promotion).toHaveLength(dtypes.length ** 2);
    expect(fixture.promotion.map(([a, b]) => [a, b, resultDtype(a, b)])).toEqual(fixture.promotion);
  });

  test("of Python's scalars beside an array", () => {
    const ours = fixture.weak.map(([kind, dtype]) => [
      kind,
      dtype,
      weakDtype(scalars[kind] as WeakScalar, [{ shape: [1], dtype }]),
    ]);
    expect(ours).toEqual(fixture.weak);
  });

  test.each(fixture.casts)("astype of $from to $to", ({ from, to, count, values, expected }) => {
    const a = arrayIn(values, from, count);
    expect(run("astype", { dtype: to }, { a }).result).toEqual(arrayIn(expected, to, count));
  });
});

test("an input becomes what the operation computes only where promotion allows it", () => {
  for (const from of dtypes) {
    for (const computed of dtypes) {
      const promotes = resultDtype(from, computed) === computed;
      // float32 holds every bool, but NumPy computes those in float64.
      const expected = promotes && !(from === "bool" && (computed === "float32" || computed === "complex64"));
      expect([from, computed, computedAs(from, [computed])]).toEqual([
        from,
        computed,
        expected ? computed : undefined,
      ]);
    }
  }
});

test("a number alone, as Python's own: 2 an int, 2.5 and 1e300 floats, also as text that JSON has no number for", () => {
  const alone = (scalar: WeakScalar) => weakDtype(scalar, []);
  expect([2, 2.5, 1e300, true, { float: 2 } as const, { complex: [1, 2] } as const].map(alone)).toEqual([
    "int64",
    "float64",
    "float64",
    "bool",
    "float64",
    "complex128",
  ]);
  expect(alone({ float: "NaN" })).toBe("float64");
});
