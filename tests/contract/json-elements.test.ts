import { zeros } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";
import { integerOf, jsonElement, jsonElements, leastElementLength } from "../../contract/json-elements.ts";

describe("an int64 of parsed JSON", () => {
  test.each([
    [0, 0n],
    [-(2 ** 53) + 1, -(2n ** 53n) + 1n],
    ["-9223372036854775808", -(2n ** 63n)],
    ["0012", 12n],
    [2n ** 63n - 1n, 2n ** 63n - 1n],
  ])("%s is exact", (element, value) => expect(integerOf(element)).toBe(value));

  test.each([
    [2 ** 53],
    [0.5],
    [Number.NaN],
    [2n ** 63n],
    ["9223372036854775808"],
    ["1e3"],
    ["+1"],
    [""],
    ["-"],
    [true],
    [null],
    [[1]],
  ])("%s is none", (element) => expect(integerOf(element)).toBeUndefined());
});

test("elements are stored where they are of the dtype, and nothing where not", () => {
  for (const [dtype, good, bad, stored] of [
    ["bool", true, 1, 1],
    ["int64", "7", 7.5, 7n],
    ["float32", "Infinity", "inf", Number.POSITIVE_INFINITY],
    ["float64", 0.1, "0.1", 0.1],
    ["complex64", 0.5, null, 0.5],
  ] as const) {
    const array = zeros({ shape: [1], dtype });
    const { put } = jsonElements(array);
    expect([put(0, bad), array.data[0]]).toEqual([false, dtype === "int64" ? 0n : 0]);
    expect([put(0, good), array.data[0]]).toEqual([true, stored]);
  }
});

test("elements are written as what reads them back", () => {
  expect(jsonElement({ shape: [2], dtype: "bool", data: Uint8Array.of(0, 1) }, 1)).toBe(true);
  const integers = { shape: [2], dtype: "int64", data: BigInt64Array.of(-5n, 2n ** 62n + 1n) } as const;
  expect(jsonElement(integers, 0)).toBe(-5);
  expect(JSON.stringify(jsonElement(integers, 1))).toBe("4611686018427387905");
  expect(jsonElement({ shape: [], dtype: "float64", data: Float64Array.of(Number.NaN) }, 0)).toBe("NaN");
  expect([leastElementLength("bool"), leastElementLength("int64")]).toEqual([4, 1]);
});
