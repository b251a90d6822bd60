import { parseJson } from "@sluice/compute/json/parse";
import { parseExactly, readIntegers } from "@sluice/compute/json/read-integers";
import { arrayText } from "@sluice/compute/json/write-array";
import { type IntegerArray, zeros } from "@sluice/contract/array";
import { arrayFromJson } from "@sluice/contract/array-json";
import { arrayPlaces } from "@sluice/contract/submit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const encoder = new TextEncoder();
const anyInteger = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const integers = (shape: number[], values: readonly bigint[]): IntegerArray => ({
  shape,
  dtype: "int64",
  data: BigInt64Array.from(values),
});

/** The array of `inputs.a` in a body of this text, as submit gets it. */
function submitted(data: string, padding = 0): unknown {
  const text = `{"operation":"abs","inputs":{"a":{"data":${data},"dtype":"int64"}},"labels":{"x":"${"y".repeat(padding)}"}}`;
  const body = parseJson(encoder.encode(text), arrayPlaces) as { inputs: { a: { data: unknown } } };
  return arrayFromJson(body.inputs.a.data, "inputs.a.data", "int64");
}

/** Above the size from which arrays are read straight from the bytes. */
const large = 140_000;

describe("int64 in a submit body", () => {
  test.each([
    ["small", 0],
    ["large, but for its array", large],
  ])("is exact in every digit: %s", (_what, padding) => {
    fc.assert(
      fc.property(fc.array(anyInteger, { minLength: 1, maxLength: 9 }), (values) => {
        expect(submitted(`[${values.join()}]`, padding)).toEqual(integers([values.length], values));
      }),
      { numRuns: 50 },
    );
  });

  test("is exact in every digit: a large array", () => {
    const seeds = fc.array(anyInteger, { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(seeds, (some) => {
        const values = Array.from({ length: 12_000 }, (_, index) => some[index % some.length] ?? 0n);
        const rows = Array.from(
          { length: 3000 },
          (_, row) => `[${values.slice(4 * row, 4 * row + 4).join(" , ")}]`,
        );
        expect(submitted(`[${rows.join(",\n")}]`)).toEqual(integers([3000, 4], values));
      }),
      { numRuns: 5 },
    );
  });

  test("of a large array below 2^53 is what its float64 says", () => {
    const values = Array.from({ length: 30_000 }, (_, index) => BigInt(index) - 15_000n);
    expect(submitted(`[${values.join()}]`, large)).toEqual(integers([30_000], values));
  });

  test.each([
    ["a fraction", "1.5"],
    ["an exponent", "1e17"],
    ["2^63", "9223372036854775808"],
    ["a word", '"NaN"'],
  ])("refuses %s at its place, however large the array", (_what, element) => {
    const others = "123456789012345678,".repeat(20_000);
    for (const data of [`[1,${element}]`, `[${others}${element}]`]) {
      expect(() => submitted(data)).toThrow(expect.objectContaining({ code: "invalid-array" }));
    }
  });

  test("leaves numbers elsewhere in the document alone", () => {
    const text =
      '{"params":{"x":12345678901234567890},"inputs":{"a":{"data":[12345678901234567],"dtype":"int64"}}}';
    expect(parseJson(encoder.encode(text), arrayPlaces)).toEqual({
      params: { x: Number("12345678901234567890") },
      inputs: { a: { data: [12345678901234567n], dtype: "int64" } },
    });
  });
});

test("integers are read again only where all are plain digits", () => {
  const read = (text: string) =>
    readIntegers(
      encoder.encode(text),
      { start: 0, end: text.length },
      zeros({ shape: [2], dtype: "float64" }),
    );
  expect(read("[-9223372036854775808,0]")).toEqual(integers([2], [-(2n ** 63n), 0n]));
  for (const text of ["[1.0,2]", "[1E3,2]", '["NaN",2]', "[9223372036854775808,2]"])
    expect(read(text)).toBeUndefined();
});

test("what a number would round is a bigint, what it would not is a number", () => {
  const parsed = parseExactly(
    '[9007199254740991,9007199254740993,-9007199254740993,1e300,0.5,"9007199254740993"]',
  );
  expect(parsed).toEqual([
    9007199254740991,
    9007199254740993n,
    -9007199254740993n,
    1e300,
    0.5,
    "9007199254740993",
  ]);
});

describe("int64 and bool as JSON text", () => {
  const text = (array: Parameters<typeof arrayText>[0]) => arrayText(array, Number.POSITIVE_INFINITY)?.text;

  test("int64 is written in all its digits, few or many", () => {
    for (const length of [3, 9000]) {
      for (const first of [2n ** 53n - 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
        const values = Array.from({ length }, (_, index) => (index === 0 ? first : BigInt(index)));
        expect(text(integers([length], values))).toBe(`[${values.join()}]`);
      }
    }
  });

  test("bool is true and false, few or many", () => {
    for (const length of [2, 9000]) {
      const data = Uint8Array.from({ length }, (_, index) => index % 2);
      const words = Array.from(data, (value) => (value === 1 ? "true" : "false"));
      expect(text({ shape: [length], dtype: "bool", data })).toBe(`[${words.join()}]`);
    }
  });

  test("complex64 is two lists of the numbers it holds", () => {
    const data = Float32Array.from({ length: 20_000 }, (_, index) => index / 3);
    const parsed = JSON.parse(text({ shape: [10_000], dtype: "complex64", data }) ?? "");
    expect(parsed.re).toEqual(Array.from(data.filter((_, index) => index % 2 === 0)));
    expect(parsed.im).toEqual(Array.from(data.filter((_, index) => index % 2 === 1)));
  });
});
