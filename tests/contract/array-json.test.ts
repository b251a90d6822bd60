import { parseExactly } from "@sluice/compute/json/read-integers";
import type { Dtype } from "@sluice/contract/array";
import { arrayFromJson, arrayToJson } from "@sluice/contract/array-json";
import { Problem } from "@sluice/contract/problem";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyArray } from "../support/contract/any-array.ts";

/** Shapes JSON can say: after an empty axis nothing deeper is written. */
const shapes = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
  .map((shape) => (shape.includes(0) ? shape.slice(0, shape.indexOf(0) + 1) : shape));

const arrays = anyArray(shapes);

describe("arrayFromJson", () => {
  test.each([
    [
      [
        [1, 2],
        [3, 4],
      ],
      [2, 2],
      [1, 2, 3, 4],
    ],
    [[1, 2, 3], [3], [1, 2, 3]],
    [7, [], [7]],
    ["-Infinity", [], [Number.NEGATIVE_INFINITY]],
    [["NaN", 1, "Infinity"], [3], [Number.NaN, 1, Number.POSITIVE_INFINITY]],
    [[], [0], []],
    [[[], []], [2, 0], []],
    [
      [
        [[1], [2]],
        [[3], [4]],
      ],
      [2, 2, 1],
      [1, 2, 3, 4],
    ],
  ])("%j has shape %j", (value, shape, data) => {
    expect(arrayFromJson(value, "x")).toEqual({ shape, dtype: "float64", data: new Float64Array(data) });
  });

  test("re and im make a complex array", () => {
    expect(arrayFromJson({ re: [1, 2], im: [3, "NaN"] }, "x")).toEqual({
      shape: [2],
      dtype: "complex128",
      data: new Float64Array([1, 3, 2, Number.NaN]),
    });
  });

  test("true and false make bool; a dtype says otherwise for numbers", () => {
    expect(arrayFromJson([[true], [false]], "x")).toEqual({
      shape: [2, 1],
      dtype: "bool",
      data: Uint8Array.of(1, 0),
    });
    expect(arrayFromJson([1, "NaN"], "x", "float32")).toEqual({
      shape: [2],
      dtype: "float32",
      data: Float32Array.of(1, Number.NaN),
    });
    const ints = ["-9223372036854775808", 9007199254740991, 9223372036854775807n];
    expect(arrayFromJson(ints, "x", "int64")).toEqual({
      shape: [3],
      dtype: "int64",
      data: BigInt64Array.of(-(2n ** 63n), 2n ** 53n - 1n, 2n ** 63n - 1n),
    });
    expect(arrayFromJson([1, 2], "x", "complex64")).toEqual({
      shape: [2],
      dtype: "complex64",
      data: Float32Array.of(1, 0, 2, 0),
    });
    expect(arrayFromJson({ re: 0.1, im: -1 }, "x", "complex64")).toEqual({
      shape: [],
      dtype: "complex64",
      data: Float32Array.of(0.1, -1),
    });
  });

  const whole = "a whole number from -2^63 to 2^63 - 1, in digits";
  test.each<[string, unknown, Dtype | undefined, string, string, string]>([
    ["a number among booleans", [true, 1], undefined, "x[1]", "true or false", "1"],
    [
      "a boolean among numbers",
      [1, true],
      undefined,
      "x[1]",
      'a number, "NaN", "Infinity" or "-Infinity"',
      "true",
    ],
    ["a fraction", [[1], [1.5]], "int64", "x[1][0]", whole, "1.5"],
    ["what a number may have rounded", [2 ** 53], "int64", "x[0]", whole, "9007199254740992"],
    ["a bigint below -2^63", -(2n ** 63n) - 1n, "int64", "x", whole, "-9223372036854775809"],
    ["2^63", "9223372036854775808", "int64", "x", whole, '"9223372036854775808"'],
    ["NaN", ["NaN"], "int64", "x[0]", whole, '"NaN"'],
    ["0 for false", 0, "bool", "x", "true or false", "0"],
    ["parts", { re: 1, im: 1 }, "float64", "x", 'a number, "NaN", "Infinity" or "-Infinity"', "an object"],
  ])("refuses %s by its dtype", (_title, value, dtype, field, expected, got) => {
    expect(() => arrayFromJson(value, "x", dtype)).toThrow(
      expect.objectContaining({ code: "invalid-array", place: { field, expected, got } }),
    );
  });

  test("holds an array that was read from the text to the dtype, and names the element", () => {
    const data = Float64Array.of(1, 2, 3, 4.5);
    const read = { shape: [2, 2], dtype: "float64", data } as const;
    expect(() => arrayFromJson(read, "x", "int64")).toThrow(
      expect.objectContaining({ place: { field: "x[1][1]", expected: whole, got: "4.5" } }),
    );
    expect(arrayFromJson({ ...read, data: data.map(Math.floor) }, "x", "int64").data).toEqual(
      BigInt64Array.of(1n, 2n, 3n, 4n),
    );
  });

  const row = [1, 2];
  test.each<[string, unknown, string, string, string]>([
    [
      "text",
      [row, row, row, [1, 2, "abc"].slice(1)],
      "dataMatrix[3][1]",
      'a number, "NaN", "Infinity" or "-Infinity"',
      '"abc"',
    ],
    [
      "a number as text",
      [row, ["1", 2]],
      "dataMatrix[1][0]",
      'a number, "NaN", "Infinity" or "-Infinity"',
      '"1"',
    ],
    ["null", [row, [1, null]], "dataMatrix[1][1]", 'a number, "NaN", "Infinity" or "-Infinity"', "null"],
    ["a boolean", [[2, true], row], "dataMatrix[0][1]", 'a number, "NaN", "Infinity" or "-Infinity"', "true"],
    [
      "a list where a number belongs",
      [row, [1, [2]]],
      "dataMatrix[1][1]",
      'a number, "NaN", "Infinity" or "-Infinity"',
      "an array of 1",
    ],
    ["a number where a list belongs", [row, 5], "dataMatrix[1]", "an array of 2, as its neighbours", "5"],
    ["a short row", [row, [1]], "dataMatrix[1]", "an array of 2, as its neighbours", "an array of 1"],
    [
      "a long row",
      [row, row, [1, 2, 3]],
      "dataMatrix[2]",
      "an array of 2, as its neighbours",
      "an array of 3",
    ],
    [
      "a ragged block",
      [
        [row, row],
        [row, [1]],
      ],
      "dataMatrix[1][1]",
      "an array of 2, as its neighbours",
      "an array of 1",
    ],
    ["nothing", undefined, "dataMatrix", 'a number, "NaN", "Infinity" or "-Infinity"', "nothing"],
    [
      "an object in a row",
      [[{}, 1], row],
      "dataMatrix[0][0]",
      'a number, "NaN", "Infinity" or "-Infinity"',
      "an object",
    ],
    [
      "a complex array without im",
      { re: row },
      "dataMatrix.im",
      'a number, "NaN", "Infinity" or "-Infinity"',
      "nothing",
    ],
    [
      "a complex array of two shapes",
      { re: row, im: [1] },
      "dataMatrix.im",
      "of shape (2), as re",
      "of shape (1)",
    ],
    [
      "a third part",
      { re: row, im: row, abs: row },
      "dataMatrix.abs",
      "absent: a complex array has re and im",
      "present",
    ],
  ])("refuses %s and names the place", (_title, value, field, expected, got) => {
    expect(() => arrayFromJson(value, "dataMatrix")).toThrow(
      expect.objectContaining({ name: "Problem", code: "invalid-array", place: { field, expected, got } }),
    );
  });

  test("one long first row among many empty ones reserves no memory", () => {
    const value = Array.from({ length: 300_000 }, (_, index) =>
      index === 0 ? new Array(300_000).fill(0) : [],
    );
    expect(() => arrayFromJson(value, "dataMatrix")).toThrow(
      expect.objectContaining({ place: expect.objectContaining({ field: "dataMatrix[1]" }) }),
    );
  });

  test.each([[65], [100_000]])("nesting %i deep is refused, not followed", (depth) => {
    const value: unknown = JSON.parse(`${"[".repeat(depth)}1${"]".repeat(depth)}`);
    expect(() => arrayFromJson(value, "dataMatrix")).toThrow(Problem);
    expect(() => arrayFromJson([[value, 1]], "dataMatrix")).toThrow(Problem);
    expect(() => arrayFromJson([1, { a: value }], "dataMatrix")).toThrow(Problem);
  });

  test("any JSON gives an array or a Problem that names a field", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        try {
          const { dtype } = arrayFromJson(value, "x");
          return dtype === "float64" || dtype === "bool" || dtype === "complex128";
        } catch (error) {
          return (
            error instanceof Problem && error.code === "invalid-array" && error.place.field?.startsWith("x")
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("arrayToJson", () => {
  test("nests to the shape and writes what JSON has no number for as text", () => {
    const data = new Float64Array([1, Number.NaN, Number.POSITIVE_INFINITY, -2.5]);
    expect(arrayToJson({ shape: [2, 2], dtype: "float64", data })).toEqual([
      [1, "NaN"],
      ["Infinity", -2.5],
    ]);
    expect(arrayToJson({ shape: [2], dtype: "complex128", data })).toEqual({
      re: [1, "Infinity"],
      im: ["NaN", -2.5],
    });
    expect(arrayToJson({ shape: [], dtype: "float64", data: data.slice(3) })).toBe(-2.5);
  });

  test("arrayFromJson reads back what it wrote, through text", () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const text = JSON.stringify(arrayToJson(array));
        const back = arrayFromJson(
          array.dtype === "int64" ? parseExactly(text) : JSON.parse(text),
          "x",
          array.dtype,
        );
        expect({ shape: back.shape, dtype: back.dtype }).toEqual({ shape: array.shape, dtype: array.dtype });
        // JSON.stringify writes -0 as 0.
        const zeroed = (value: number | bigint) => (value === 0 ? 0 : value);
        expect(Array.from<number | bigint>(back.data)).toEqual(
          Array.from<number | bigint, number | bigint>(array.data, zeroed),
        );
      }),
      { numRuns: 300 },
    );
  });
});
