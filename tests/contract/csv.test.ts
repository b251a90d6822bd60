import { type DenseArray, dtypes } from "@sluice/contract/array";
import { arrayToCsv, hasCsv } from "@sluice/contract/csv";
import { expect, test } from "vitest";

const real = (shape: number[], ...numbers: number[]): DenseArray => ({
  shape,
  dtype: "float64",
  data: Float64Array.from(numbers),
});

test.each([
  ["two axes: a line per row", real([2, 3], 1, 2.5, -3, 4, 5, 6), "1,2.5,-3\n4,5,6\n"],
  ["one axis: a line per number", real([3], 1, 2, 3), "1\n2\n3\n"],
  ["one row", real([1, 2], 1, 2), "1,2\n"],
  ["no rows", real([0, 3]), ""],
  ["no columns", real([2, 0]), "\n\n"],
  ["numbers that read back the same", real([3], 0.1, 1e-300, 2 ** 53), "0.1\n1e-300\n9007199254740992\n"],
  ["the sign of -0", real([2, 2], -0, 0, 1, -0), "-0,0\n1,-0\n"],
  [
    "int64 in all digits",
    { shape: [2], dtype: "int64", data: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n) } as const,
    "-9223372036854775808\n9007199254740993\n",
  ],
  ["bool as 1 and 0", { shape: [1, 2], dtype: "bool", data: Uint8Array.of(1, 0) } as const, "1,0\n"],
  [
    "what is no number, in words that numpy.loadtxt knows",
    real([1, 3], Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    "NaN,Infinity,-Infinity\n",
  ],
])("%s", (_what, array, text) => expect(arrayToCsv(array)).toBe(text));

test("is for real arrays of one axis or two", () => {
  const specs = dtypes.flatMap((dtype) => [[], [2], [2, 2], [2, 2, 2]].map((shape) => ({ dtype, shape })));
  const tables = specs.filter(hasCsv).map(({ dtype, shape }) => `${dtype} ${shape.length}`);
  expect(tables).toEqual([
    "float64 1",
    "float64 2",
    "float32 1",
    "float32 2",
    "int64 1",
    "int64 2",
    "bool 1",
    "bool 2",
  ]);
});
