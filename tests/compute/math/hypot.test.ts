import { hypot } from "@sluice/compute/math/hypot";
import { describe, expect, test } from "vitest";

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN];

describe("hypot", () => {
  test.each([
    [3, 4, 5],
    [-5, 12, 13],
    [0, -0, 0],
    [-7, 0, 7],
    [3 * 2 ** -700, 4 * 2 ** -700, 5 * 2 ** -700],
    [3 * 2 ** 700, -4 * 2 ** 700, 5 * 2 ** 700],
    [2 ** -1074, 0, 2 ** -1074],
    [1.5e308, 1.5e308, inf],
    [-inf, nan, inf],
    [nan, inf, inf],
    [nan, 1, nan],
    [0, nan, nan],
  ])("of %d and %d is %d", (x, y, expected) => expect(hypot(x, y)).toBe(expected));
});
