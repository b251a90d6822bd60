import fc from "fast-check";

/** JSON values that no field expects: what a schema, a codec or the table might trip over. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      false,
      "",
      "a",
      "constructor",
      "toString",
      "NaN",
      "-Infinity",
      "\u0000",
      "\ud800",
      "😀",
      "#",
    ],
    ...[0, -0, -1, 1.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e17, 1e300, -1e300, 5e-324, 1e-131],
    ...[[], [[]], [null], {}, { length: 3 }, { data: [1] }, { $ref: "#" }],
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.double(),
  { arbitrary: fc.jsonValue({ maxDepth: 4 }), weight: 2 },
  fc.integer({ min: 1, max: 3000 }).map((length) => "x".repeat(length)),
  fc.integer({ min: 2, max: 300 }).map((levels) => nested(levels)),
);

/** So many lists in one another. */
export function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

/** Keys that reach a prototype, an index of the table, or nothing. */
export const oddKey = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "a.b",
  "",
  "pk",
  "x".repeat(300),
);

/** A value as it should be, or one time in so many junk. */
export const orJunk = (value: fc.Arbitrary<unknown>, oneIn = 25): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: value, weight: oneIn - 1 }, { arbitrary: junk, weight: 1 });
