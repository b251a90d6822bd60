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
  const value = upperAngle(Math.abs(y), Math.abs(x), isLeft);
  return y < 0 || Object.is(y, -0) ? -value : value;
}

function upperAngle(y: number, x: number, isLeft: boolean): number {
  const isSteep = y > x;
  if (y === 0) zero();
  else if (y === Number.POSITIVE_INFINITY && x === y) octant();
  else scaled(isSteep ? x : y, isSteep ? y : x);
  // In quarter turns, the nearest axis, and whether the angle is measured back from it.
  const quarters = isSteep ? 1 : isLeft ? 2 : 0;
  if (quarters === 0) return angle[0] + angle[1];
  const sign = isSteep === isLeft ? 1 : -1;
  const { hi, lo } = sumOf(quarters * quarterHigh, sign * angle[0]);
  return hi + (lo + (quarters * quarterLow + sign * angle[1]));
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
