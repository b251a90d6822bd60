import { reduceHuge } from "./huge-angle.ts";
import { inverseQuarterTurn, quarterTurnFineParts, quarterTurnParts } from "./tables/circular.ts";

/**
 * sin and cos: x less the nearest whole number of quarter turns, with 139 bits of π/2, so that nothing is lost where nearly
 * all of x cancels (Cody and Waite 1980); of the rest, at most π/4, Taylor's series. Its later terms are grouped in pairs,
 * which do not wait for one another.
 */
const [part1 = 0, part2 = 0, part3 = 0] = quarterTurnParts;
const [fine1 = 0, fine2 = 0, fine3 = 0, fine4 = 0] = quarterTurnFineParts;
/** Added and taken away again, it rounds to a whole number. */
const rounder = 1.5 * 2 ** 52;

/** Up to here the multiples of the parts of π/2 are exact. */
const mostQuarters = 2 ** 10;
const mostFineQuarters = 2 ** 20;

/** Within it the nearest multiple of a quarter turn is 0. */
const nearest = 0.78;

/** sin(x + low) - x for |x| ≤ π/4 and a bit. */
export function sineRest(x: number, low: number): number {
  const q = x * x;
  const q2 = q * q;
  const first = -1 / 6 + q * (1 / 120);
  const second = -1 / 5040 + q * (1 / 362880);
  const third = -1 / 39916800 + q * (1 / 6227020800);
  const last = -1 / 1307674368000 + q * (1 / 355687428096000);
  return x * q * (first + q2 * (second + q2 * (third + q2 * last))) + low * (1 - 0.5 * q);
}

const sineNear = (x: number, low: number): number => x + sineRest(x, low);

/** 2^27 + 1: splits 53 bits into two halves of 26. */
const splitter = 134217729;

/** x in 26 bits, whose square is exact. */
export function frontOf(x: number): number {
  const wide = splitter * x;
  return wide - (wide - x);
}

/** cos(x + low) - (1 - front²/2) for |x| ≤ π/4 and a bit; what x² and 1 - x²/2 round away is in it. */
export function cosineRest(x: number, front: number, low: number): number {
  const q = x * x;
  const q2 = q * q;
  const first = 1 / 24 - q * (1 / 720);
  const second = 1 / 40320 - q * (1 / 3628800);
  const third = 1 / 479001600 - q * (1 / 87178291200);
  const last = 1 / 20922789888000;
  const half = 0.5 * front * front;
  const most = 1 - half;
  const rest = 0.5 * (x - front) * (x + front) + x * low * (1 - q * (1 / 6));
  return 1 - most - half + (q2 * (first + q2 * (second + q2 * (third + q2 * last))) - rest);
}

function cosineNear(x: number, low: number): number {
  const front = frontOf(x);
  return 1 - 0.5 * front * front + cosineRest(x, front, low);
}

/** sin of so many quarter turns and an angle in two halves. */
function inQuarter(quarter: number, high: number, low: number): number {
  const value = (quarter & 1) === 0 ? sineNear(high, low) : cosineNear(high, low);
  return (quarter & 2) === 0 ? value : -value;
}

/** sin of x and `shift` quarter turns. */
function turned(x: number, shift: number): number {
  const quarters = x * inverseQuarterTurn + rounder - rounder;
  if (!(Math.abs(quarters) < mostQuarters)) return farTurned(x, quarters, shift);
  const a = x - quarters * part1;
  const b = quarters * part2;
  const high = a - b;
  const other = a - high;
  return inQuarter((quarters | 0) + shift, high, a - (high + other) + (other - b) - quarters * part3);
}

/** The same for angles whose multiples of π/2 need more parts, or all digits of 2/π. */
function farTurned(x: number, quarters: number, shift: number): number {
  if (!(Math.abs(x) < Number.POSITIVE_INFINITY)) return Number.NaN;
  const quarter = reduceFar(x, quarters, rest);
  return inQuarter(quarter + shift, rest[0], rest[1]);
}

/**
 * x less the nearest whole number of quarter turns, as a sum of two, for a finite x.
 * @param rest where that is put
 * @returns the number of quarter turns, or another one that is the same modulo 4
 */
export const reduceAngle = (x: number, rest: Float64Array): number =>
  reduceFar(x, x * inverseQuarterTurn + rounder - rounder, rest);

function reduceFar(x: number, quarters: number, rest: Float64Array): number {
  if (Math.abs(quarters) >= mostFineQuarters) return reduceHuge(x, rest);
  const a = x - quarters * fine1;
  const b = quarters * fine2;
  const high = a - b;
  const other = a - high;
  const lost = a - (high + other) + (other - b);
  const c = quarters * fine3;
  const higher = high - c;
  const another = high - higher;
  const low = high - (higher + another) + (another - c) + lost - quarters * fine4;
  const sum = higher + low;
  rest[0] = sum;
  rest[1] = higher - sum + low;
  return quarters | 0;
}

const rest = new Float64Array(2);

/** Within 0.8 units in the last place, for arguments of any size. */
export function sin(x: number): number {
  if (Math.abs(x) < nearest) return Math.abs(x) < 2 ** -26 ? x : sineNear(x, 0);
  return turned(x, 0);
}

/** Within 0.8 units in the last place, for arguments of any size. */
export function cos(x: number): number {
  return Math.abs(x) < nearest ? cosineNear(x, 0) : turned(x, 1);
}
