import { binaryExponent, upperExponent } from "@sluice/compute/math/exponent";
import { describe, expect, test } from "vitest";

describe("exponents of two", () => {
  const powers = Array.from({ length: 2098 }, (_, index) => index - 1074);

  test("of every power of two that float64 has", () => {
    const wrong = powers.filter((e) => binaryExponent(2 ** e) !== e || upperExponent(2 ** e) !== e);
    expect(wrong).toEqual([]);
  });

  test("of its neighbours, where a rounded logarithm is off by one", () => {
    for (const e of powers.filter((e) => e > -1022)) {
      const [below, above] = [2 ** e * (1 - 2 ** -53), 2 ** e * (1 + 2 ** -52)];
      expect([binaryExponent(below), upperExponent(below)], String(below)).toEqual([e - 1, e]);
      if (above < Number.POSITIVE_INFINITY)
        expect([binaryExponent(above), upperExponent(above)], String(above)).toEqual([e, e + 1]);
    }
  });
});
