import { productOf, sumOf } from "./double-double.ts";
import { arctangents, quarterTurn } from "./tables/circular.ts";

const table = new Float64Array(arctangents);
const { hi: quarterHigh, lo: quarterLow } = quarterTurn;

/** atan of numerator/denominator, 0 ≤ numerator ≤ denominator, in two halves; written anew by each call. */
const angle = new Float64Array(2);

/** The nearest 64th of the quotient comes from a table, what is left from Taylor's series. */
function firstOctant(numerator: number, denominator: number): void {
  const quotient = numerator / denominator;
  const back = productOf(quotient, denominator);
  const rest = (numerator - back.hi - back.lo) / denominator;
  if (quotient < 1 / 8) {
    const square = quotient * quotient;
    angle[0] = quotient;
    angle[1] = rest - quotient * square * oddSeries(square);
    return;
  }
  const entry = 2 * Math.trunc(64 * quotient + 0.5);
  const c = entry / 128;
  const d = (quotient - c + rest) / (1 + quotient * c);
  const square = d * d;
  angle[0] = table[entry];
  angle[1] = d + (table[entry + 1] - d * square * (1 / 3 - square * (1 / 5 - square * (1 / 7))));
}

/** 1/3 - x/5 + x²/7 - … for x ≤ 1/64. */
const oddSeries = (x: number): number =>
  1 / 3 - x * (1 / 5 - x * (1 / 7 - x * (1 / 9 - x * (1 / 11 - x * (1 / 13 - x * (1 / 15 - x * (1 / 17)))))));

/** The angle of the point (x, y), from -π to π, within 0.6 units in the last place; zeros and infinities as C99 has them. */
export function atan2(y: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const isLeft = x < 0 || Object.is(x, -0);
  const value = upperAngle(Math.abs(y), Math.abs(x), isLeft, 0);
  return y < 0 || Object.is(y, -0) ? -value : value;
}

/** Within 0.6 units in the last place. */
export const atan = (x: number): number => atan2(x, 1);

/** What rounding took from the cosine of the angle whose sine is x, or the other way round. */
let lost = 0;

/** √(1 - x²) for |x| ≤ 1; what it is short of that is in `lost`. */
function otherLeg(x: number): number {
  const square = productOf(x, x);
  const { hi, lo } = sumOf(1, -square.hi);
  const low = lo - square.lo;
  const root = Math.sqrt(hi + low);
  const back = productOf(root, root);
  lost = root === 0 ? 0 : (hi - back.hi - back.lo + low) / (2 * root);
  return root;
}

/** Within 0.6 units in the last place: the angle of the point (√(1 - x²), x). */
export function asin(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return Number.NaN;
  if (size < 2 ** -27) return x;
  const leg = otherLeg(size);
  const value = upperAngle(size, leg, false, -size * lost);
  return x < 0 ? -value : value;
}

/** Within 0.6 units in the last place: the angle of the point (x, √(1 - x²)). */
export function acos(x: number): number {
  if (!(Math.abs(x) <= 1)) return Number.NaN;
  const leg = otherLeg(x);
  return upperAngle(leg, Math.abs(x), x < 0, x * lost);
}

/** Of a point in the upper half of the plane, with a correction to the angle. */
function upperAngle(y: number, x: number, isLeft: boolean, correction: number): number {
  const isSteep = y > x;
  if (y === 0) zero();
  else if (y === Number.POSITIVE_INFINITY && x === y) octant();
  else scaled(isSteep ? x : y, isSteep ? y : x);
  // In quarter turns, the nearest axis, and whether the angle is measured back from it.
  const quarters = isSteep ? 1 : isLeft ? 2 : 0;
  if (quarters === 0) return angle[0] + (angle[1] + correction);
  const sign = isSteep === isLeft ? 1 : -1;
  const { hi, lo } = sumOf(quarters * quarterHigh, sign * angle[0]);
  return hi + (lo + (quarters * quarterLow + sign * angle[1] + correction));
}

function zero(): void {
  angle.fill(0);
}

function octant(): void {
  angle[0] = quarterHigh / 2;
  angle[1] = quarterLow / 2;
}

/** By powers of two, so that products of the parts neither overflow nor lose digits. */
function scaled(smaller: number, larger: number): void {
  if (larger === Number.POSITIVE_INFINITY) zero();
  else if (larger > 2 ** 900) firstOctant(smaller * 2 ** -200, larger * 2 ** -200);
  else if (larger < 2 ** -800) firstOctant(smaller * 2 ** 200, larger * 2 ** 200);
  else firstOctant(smaller, larger);
}
