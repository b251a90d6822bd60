import { readFileSync } from "node:fs";
import path from "node:path";
import { acos, asin, atan, atan2 } from "@sluice/compute/math/arctangent";
import { cos, sin } from "@sluice/compute/math/circular";
import { cbrt } from "@sluice/compute/math/cube-root";
import { exp, exp2, expm1 } from "@sluice/compute/math/exponential";
import { cosh, sinh, tanh } from "@sluice/compute/math/hyperbolic";
import { hypot } from "@sluice/compute/math/hypot";
import { acosh, asinh, atanh } from "@sluice/compute/math/inverse-hyperbolic";
import { log, log1p, log2, log10 } from "@sluice/compute/math/logarithm";
import { power } from "@sluice/compute/math/power";
import { tan } from "@sluice/compute/math/tangent";
import { describe, expect, test } from "vitest";

/** Rows of one or two arguments and the true value as a sum of two float64, by mpmath. */
type Rows = readonly (readonly number[])[];
const fixtures = path.resolve(import.meta.dirname, "../../fixtures/math/functions.json");
const truth: Readonly<Record<string, Rows>> = JSON.parse(readFileSync(fixtures, "utf8"));

/** The distance to the next float64 above a magnitude. */
function unitOf(x: number): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, Math.abs(x));
  bytes.setBigInt64(0, bytes.getBigInt64(0) + 1n);
  return bytes.getFloat64(0) - Math.abs(x);
}

function largestError(
  name: string,
  f: (x: number, y: number) => number,
): { ulps: number; at: readonly number[] } {
  const errors = (truth[name] ?? []).map((row) => {
    const [hi = Number.NaN, lo = Number.NaN] = row.slice(-2);
    const got = f(row[0] ?? Number.NaN, row[1] ?? Number.NaN);
    return { ulps: got === hi ? Math.abs(lo) / unitOf(hi) : Math.abs(got - hi - lo) / unitOf(hi), at: row };
  });
  return errors.reduce((worst, one) => (one.ulps > worst.ulps ? one : worst));
}

/** Units in the last place: what each function's comment promises. */
const promised: readonly [string, (x: number, y: number) => number, number][] = [
  ["exp", exp, 0.7],
  ["log", log, 0.51],
  ["log1p", log1p, 0.66],
  ["sin", sin, 0.8],
  ["cos", cos, 0.8],
  ["tanh", tanh, 0.66],
  ["sinh", sinh, 0.6],
  ["large sinh", sinh, 0.6],
  ["cosh", cosh, 1.1],
  ["large cosh", cosh, 1.1],
  ["tan", tan, 0.9],
  ["asin", asin, 0.6],
  ["acos", acos, 0.6],
  ["atan", atan, 0.6],
  ["asinh", asinh, 0.51],
  ["acosh", acosh, 0.51],
  ["atanh", atanh, 0.51],
  ["expm1", expm1, 0.6],
  ["exp2", exp2, 0.52],
  ["log2", log2, 0.51],
  ["log10", log10, 0.51],
  ["cbrt", cbrt, 0.51],
  ["atan2", atan2, 0.6],
  ["power", power, 0.52],
  ["hypot", hypot, 1.2],
];

describe("functions of one fixed order of operations", () => {
  test.each(promised)("%s is as near to the truth as it says", (name, f, ulps) => {
    expect(truth[name]?.length).toBeGreaterThan(100);
    expect(largestError(name, f)).toEqual({
      ulps: expect.toSatisfy((error) => error <= ulps),
      at: expect.anything(),
    });
  });

  const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN];

  const corners: readonly [string, (x: number) => number, ...(readonly [x: number, value: number])[]][] = [
    ["exp", exp, [0, 1], [-0, 1], [inf, inf], [-inf, 0], [nan, nan], [709.79, inf], [-745.14, 0]],
    ["log", log, [1, 0], [0, -inf], [-0, -inf], [-1, nan], [inf, inf], [nan, nan]],
    ["log1p", log1p, [0, 0], [-0, -0], [-1, -inf], [-2, nan], [inf, inf], [nan, nan]],
    ["sin", sin, [0, 0], [-0, -0], [inf, nan], [-inf, nan], [nan, nan]],
    ["cos", cos, [0, 1], [-0, 1], [inf, nan], [-inf, nan], [nan, nan]],
    ["tanh", tanh, [0, 0], [-0, -0], [inf, 1], [-inf, -1], [nan, nan], [22, 1], [-400, -1]],
    ["sinh", sinh, [0, 0], [-0, -0], [nan, nan], [inf, inf], [-inf, -inf], [711, inf], [-711, -inf]],
    ["cosh", cosh, [0, 1], [-0, 1], [inf, inf], [-inf, inf], [nan, nan], [711, inf], [-711, inf]],
    ["tan", tan, [0, 0], [-0, -0], [inf, nan], [-inf, nan], [nan, nan]],
    [
      "asin",
      asin,
      [0, 0],
      [-0, -0],
      [1, Math.PI / 2],
      [-1, -Math.PI / 2],
      [1.1, nan],
      [nan, nan],
      [inf, nan],
    ],
    ["acos", acos, [1, 0], [-1, Math.PI], [0, Math.PI / 2], [-0, Math.PI / 2], [-2, nan], [nan, nan]],
    ["atan", atan, [0, 0], [-0, -0], [inf, Math.PI / 2], [-inf, -Math.PI / 2], [nan, nan], [1, Math.PI / 4]],
    ["asinh", asinh, [0, 0], [-0, -0], [inf, inf], [-inf, -inf], [nan, nan], [1e-300, 1e-300]],
    ["acosh", acosh, [1, 0], [0.9, nan], [-inf, nan], [inf, inf], [nan, nan]],
    ["atanh", atanh, [0, 0], [-0, -0], [1, inf], [-1, -inf], [1.1, nan], [nan, nan], [-1e-300, -1e-300]],
    ["expm1", expm1, [0, 0], [-0, -0], [inf, inf], [-inf, -1], [nan, nan], [-800, -1], [710, inf]],
    [
      "exp2",
      exp2,
      [0, 1],
      [-1074, 2 ** -1074],
      [1023, 2 ** 1023],
      [1024, inf],
      [-1076, 0],
      [inf, inf],
      [-inf, 0],
      [nan, nan],
    ],
    [
      "log2",
      log2,
      [1, 0],
      [0, -inf],
      [-0, -inf],
      [-1, nan],
      [8, 3],
      [2 ** -1074, -1074],
      [inf, inf],
      [nan, nan],
    ],
    ["log10", log10, [1, 0], [1e22, 22], [1000, 3], [0, -inf], [-1, nan], [inf, inf], [nan, nan]],
    [
      "cbrt",
      cbrt,
      [0, 0],
      [-0, -0],
      [27, 3],
      [-8, -2],
      [2 ** -1074, 2 ** -358],
      [inf, inf],
      [-inf, -inf],
      [nan, nan],
    ],
  ];

  test.each(corners)("%s at the corners", (_, f, ...rows) => {
    expect(rows.map(([x]) => f(x))).toEqual(rows.map(([, value]) => value));
  });

  test("power at the corners is C99's pow", () => {
    const rows = [
      ...[
        [1, nan, 1],
        [nan, 0, 1],
        [-1, inf, 1],
        [-1, -inf, 1],
        [nan, 1, nan],
        [2, nan, nan],
        [1, inf, 1],
      ],
      ...[
        [0, -1, inf],
        [-0, -1, -inf],
        [-0, -2, inf],
        [0, 2, 0],
        [-0, 3, -0],
        [-0, inf, 0],
        [0, -inf, inf],
      ],
      ...[
        [-8, 1 / 3, nan],
        [-2, 3, -8],
        [-2, -2, 0.25],
        [-2, 2 ** 53, inf],
        [-2, -(2 ** 53) + 1, -0],
      ],
      ...[
        [0.5, inf, 0],
        [0.5, -inf, inf],
        [2, inf, inf],
        [2, -inf, 0],
        [inf, -1, 0],
        [-inf, 3, -inf],
        [-inf, -3, -0],
      ],
      ...[
        [-inf, 0.5, inf],
        [3, 2, 9],
        [10, 15, 1e15],
        [10, 22, 1e22],
        [2, -1074, 2 ** -1074],
        [2, 1023, 2 ** 1023],
      ],
      ...[
        [2 ** -1074, 0.5, 2 ** -537],
        [1e308, 1.01, inf],
        [1e-308, 1.1, 0],
        [1 + 2 ** -52, 1e300, inf],
      ],
    ] as const;
    expect(rows.map(([base, exponent]) => power(base, exponent))).toEqual(rows.map(([, , value]) => value));
  });

  test("atan2 at the corners is C99's", () => {
    const pi = Math.PI;
    const rows = [
      ...[
        [0, 1, 0],
        [-0, 1, -0],
        [0, -1, pi],
        [-0, -1, -pi],
        [0, 0, 0],
        [-0, 0, -0],
        [0, -0, pi],
        [-0, -0, -pi],
      ],
      ...[
        [1, 0, pi / 2],
        [-1, -0, -pi / 2],
        [1, 1, pi / 4],
        [1, -1, (3 * pi) / 4],
        [-1, -1, (-3 * pi) / 4],
      ],
      ...[
        [inf, inf, pi / 4],
        [-inf, -inf, (-3 * pi) / 4],
        [inf, -1, pi / 2],
        [1, inf, 0],
        [-1, -inf, -pi],
        [1, nan, nan],
      ],
      ...[
        [2 ** -1074, 2 ** -1074, pi / 4],
        [2 ** 1023, 2 ** 1023, pi / 4],
        [2 ** -1074, 2 ** 1000, 0],
        [nan, 0, nan],
      ],
    ] as const;
    expect(rows.map(([y, x]) => atan2(y, x))).toEqual(rows.map(([, , value]) => value));
  });

  test("an odd function is odd to the bit, an even one even", () => {
    const points = (truth.sin ?? []).map(([x = 0]) => x);
    for (const f of [sin, tanh, tan, atan, asinh, sinh, cbrt])
      expect(points.map((x) => f(-x))).toEqual(points.map((x) => -f(x)));
    expect(points.map((x) => cos(-x))).toEqual(points.map((x) => cos(x)));
  });
});
