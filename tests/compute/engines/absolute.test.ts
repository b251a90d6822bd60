import type { Engine } from "@sluice/compute/engines/engine";
import type { FloatingArray } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testedEngines } from "../../support/compute/engines.ts";

function magnitudes(engine: Engine, parts: readonly (readonly [number, number])[]): number[] {
  const array: FloatingArray = {
    shape: [parts.length],
    dtype: "complex128",
    data: new Float64Array(parts.flat()),
  };
  const result = engine.absolute(array);
  const values = [...result.data];
  engine.release(result);
  return values;
}

const { NaN: nan, POSITIVE_INFINITY: inf, MAX_VALUE: largest, MIN_VALUE: smallest } = Number;

describe.each(testedEngines)("the magnitude of a complex number, by $name", (tested) => {
  const engine = tested.open();
  const absolute = (...parts: readonly (readonly [number, number])[]) => magnitudes(engine, parts);

  // The right-hand sides are what numpy.abs answers.
  test.each([
    [3, 4, 5],
    [3e-200, 4e-200, 5e-200],
    [3 * 2 ** 700, -4 * 2 ** 700, 5 * 2 ** 700],
    [0, -0, 0],
    [-smallest, 0, smallest],
    [largest, 0, largest],
    [largest, largest, inf],
    [nan, 1, nan],
    [nan, -inf, inf],
    [inf, nan, inf],
    [-inf, 2, inf],
    [nan, largest, nan],
  ])("of %d + %di is %d", (re, im, expected) => {
    expect(absolute([re, im], [im, re], [1, 0])).toEqual([expected, expected, 1]);
  });

  test("is within two roundings of Math.hypot over the whole range of exponents", () => {
    const part = fc
      .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -1060, max: 1020 }))
      .map(([mantissa, exponent]) => mantissa * 2 ** exponent);
    fc.assert(
      fc.property(part, fc.integer({ min: -60, max: 60 }), (re, ratio) => {
        const im = re * 2 ** ratio;
        fc.pre(Number.isFinite(im));
        const [actual = nan] = absolute([re, im]);
        const expected = Math.hypot(re, im);
        return (
          Math.abs(actual - expected) <= Math.max(smallest, 2 * 2 ** -52 * expected) || actual === expected
        );
      }),
      { numRuns: 2000 },
    );
  });
});
