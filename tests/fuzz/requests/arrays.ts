import { dtypes } from "@sluice/contract/array";
import fc from "fast-check";
import { jobToken, uploadToken } from "../known.ts";
import { npyFile } from "./npy.ts";
import { junk, orJunk } from "./values.ts";

/** Array refs of every kind, and shapes of which some are empty, some huge, and some both. */

const small = fc.constantFrom(1, 2, 3, 4, 7, 16, 50);
const huge = fc.constantFrom(1000, 65_537, 1e6, 1e7, 1e9, 2 ** 31, 1e12, 1e15, 2 ** 53 - 1);
const extent = fc.oneof(
  { arbitrary: small, weight: 12 },
  { arbitrary: fc.constant(0), weight: 2 },
  { arbitrary: huge, weight: 2 },
);

/** Often a square, as half of the catalogue takes no other. */
export const shape: fc.Arbitrary<number[]> = fc.oneof(
  { arbitrary: small.map((n) => [n, n]), weight: 12 },
  { arbitrary: fc.tuple(small, small).map((pair) => [...pair]), weight: 6 },
  { arbitrary: fc.array(extent, { maxLength: 4 }), weight: 4 },
  { arbitrary: fc.tuple(fc.constant(0), huge).map((pair) => [...pair]), weight: 1 },
  { arbitrary: fc.tuple(huge, fc.constant(0)).map((pair) => [...pair]), weight: 1 },
  { arbitrary: fc.array(extent, { minLength: 5, maxLength: 9 }), weight: 1 },
);

const number = fc.oneof(
  { arbitrary: fc.constantFrom<unknown>(0, 1, -1, 2, 0.5, 3.25, -7), weight: 20 },
  {
    arbitrary: fc.constantFrom<unknown>(-0, 1e300, 5e-324, 2 ** 53, "NaN", "Infinity", "-Infinity"),
    weight: 2,
  },
);

const filled = (
  value: fc.Arbitrary<unknown>,
  [length, ...inner]: readonly number[],
): fc.Arbitrary<unknown> =>
  length === undefined
    ? value
    : fc.array(filled(value, inner), { minLength: length, maxLength: length, size: "max" });

const regular = fc
  .array(fc.constantFrom(0, 1, 2, 3, 4), { maxLength: 3 })
  .chain((extents) => filled(number, extents));
const square = fc.constantFrom(1, 2, 3).chain((n) => filled(number, [n, n]));
const ragged = fc.array(fc.array(number, { maxLength: 4 }), { maxLength: 4 });

/** Nested lists as a caller writes them. */
export const nestedNumbers: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: square, weight: 24 },
  { arbitrary: regular, weight: 12 },
  { arbitrary: fc.record({ re: square, im: square }), weight: 1 },
  { arbitrary: fc.record({ re: regular, im: orJunk(regular) }), weight: 1 },
  { arbitrary: ragged, weight: 1 },
  { arbitrary: filled(orJunk(number), [2, 2]), weight: 1 },
  { arbitrary: junk, weight: 1 },
);

const seed = orJunk(fc.constantFrom<unknown>(0, 1, 2 ** 53 - 1, "123456789012345678901234567890", "0"), 30);

const randomRef = fc.record(
  { shape: orJunk(shape, 30), seed, dtype: orJunk(fc.constantFrom("float64", "float64", "float32"), 40) },
  { requiredKeys: ["shape"] },
);

export const arrayRef: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: nestedNumbers.map((data) => ({ data })), weight: 20 },
  { arbitrary: randomRef.map((random) => ({ random })), weight: 20 },
  {
    arbitrary: npyFile.map((file) => ({ npy: Buffer.from(file).toString("base64") })),
    weight: 2,
  },
  { arbitrary: fc.string().map((npy) => ({ npy })), weight: 1 },
  { arbitrary: uploadToken.map((upload) => ({ upload })), weight: 2 },
  {
    arbitrary: fc.record(
      { job: jobToken, output: fc.constantFrom("result", "u", "nope", "constructor", "__proto__") },
      { requiredKeys: ["job"] },
    ),
    weight: 2,
  },
  // Only a plan takes this one.
  { arbitrary: fc.record({ shape, dtype: fc.constantFrom(...dtypes) }), weight: 3 },
  { arbitrary: junk, weight: 1 },
);
