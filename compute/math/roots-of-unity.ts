import { add, type DoubleDouble, multiply, negative, quotientOf } from "./double-double.ts";
import { angleStep, stepCosines, stepSines, stepsPerQuarter } from "./tables/angles.ts";

interface Point {
  readonly cos: DoubleDouble;
  readonly sin: DoubleDouble;
}

/** cos and sin of d = angleStep · numerator / denominator for |d| ≤ π/128, within 2^-101: Taylor's series to d^14. */
function nearZero(numerator: number, denominator: number): Point {
  const d = multiply(angleStep, quotientOf(numerator, denominator));
  const square = multiply(d, d);
  const x = square.hi;
  // Terms from x^3 on are below 2^-43 of the sum: float64 will do for them.
  const sinRest = -(x * x * x) * (1 / 5040 - x * (1 / 362880 - x * (1 / 39916800)));
  const cosRest = -(x * x * x) * (1 / 720 - x * (1 / 40320 - x * (1 / 3628800 - x * (1 / 479001600))));
  const sinTail = multiply(square, add(multiply(square, one120th), minusSixth));
  const cosTail = multiply(square, add(multiply(square, one24th), minusHalf));
  return {
    cos: add(one, add(cosTail, { hi: cosRest, lo: 0 })),
    sin: add(d, multiply(d, add(sinTail, { hi: sinRest, lo: 0 }))),
  };
}

const one: DoubleDouble = { hi: 1, lo: 0 };
const minusHalf: DoubleDouble = { hi: -0.5, lo: 0 };
const minusSixth = quotientOf(-1, 6);
const one24th = quotientOf(1, 24);
const one120th = quotientOf(1, 120);

/** cos and sin of the angle part/whole of a quarter turn, for 0 ≤ part/whole ≤ 1/2. */
function firstOctant(part: number, whole: number): Point {
  const step = Math.round((stepsPerQuarter * part) / whole);
  const near = nearZero(stepsPerQuarter * part - step * whole, whole);
  if (step === 0) return near;
  const [c, s] = [entry(stepCosines, step), entry(stepSines, step)];
  return {
    cos: add(multiply(c, near.cos), negative(multiply(s, near.sin))),
    sin: add(multiply(s, near.cos), multiply(c, near.sin)),
  };
}

const entry = (table: readonly number[], step: number): DoubleDouble => ({
  hi: table[2 * step],
  lo: table[2 * step + 1],
});

type Pair = readonly [cos: number, sin: number];

/** cos and -sin of 2πj/n. */
function root(j: number, n: number): Pair {
  // The nearest multiple of a quarter turn, and the distance to it in units of 1/(4n) turn.
  const quarter = (Math.floor((8 * j) / n) + 1) >> 1;
  const distance = 4 * j - quarter * n;
  const near = firstOctant(Math.abs(distance), n);
  return quarterTurns[quarter & 3](near.cos.hi, distance < 0 ? near.sin.hi : -near.sin.hi);
}

const quarterTurns: readonly ((c: number, s: number) => Pair)[] = [
  (c, s) => [c, s],
  (c, s) => [s, -c],
  (c, s) => [-c, -s],
  (c, s) => [-s, c],
];

export interface Roots {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** The powers exp(-2πij/n) for j = 0, stride, 2·stride, …, `count` of them, all below n; rounded as below. */
export function someRootsOfUnity(n: number, count: number, stride: number): Roots {
  const [cos, sin] = [new Float64Array(count), new Float64Array(count)];
  for (let index = 0; index < count; index += 1) [cos[index], sin[index]] = root(index * stride, n);
  return { cos, sin };
}

/**
 * cos and -sin of 2πj/n for j = 0…n-1: the powers of exp(-2πi/n), each rounded correctly, for n up to 2^46. What is
 * rounded is within 2^-100 of the truth; no n up to 4096 comes so close to half-way between two numbers
 * (tests/compute/math/roots-of-unity.test.ts).
 */
export function rootsOfUnity(n: number): Roots {
  const [cos, sin] = [new Float64Array(n), new Float64Array(n)];
  const [half, quarter] = [Math.floor(n / 2), Math.floor(n / 4)];
  const distinct = n % 4 === 0 ? Math.floor(n / 8) : n % 2 === 0 ? quarter : half;
  for (let j = 0; j <= distinct && j < n; j += 1) [cos[j], sin[j]] = root(j, n);
  // The others mirror them: at an eighth of a turn, at a quarter, and at a half.
  for (let j = distinct + 1; j <= quarter; j += 1) [cos[j], sin[j]] = [-sin[quarter - j], -cos[quarter - j]];
  for (let j = Math.max(distinct, quarter) + 1; j <= half; j += 1)
    [cos[j], sin[j]] = [-cos[half - j], sin[half - j]];
  for (let j = half + 1; j < n; j += 1) [cos[j], sin[j]] = [cos[n - j], -sin[n - j]];
  return { cos, sin };
}
