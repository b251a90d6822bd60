import { expOfSum } from "./exponential.ts";
import { logHalves } from "./logarithm.ts";

const isOdd = (x: number): boolean => Math.abs(x % 2) === 1;

/** base^exponent as C99 and NumPy have it, within 0.52 units in the last place: e^(exponent · ln base), the logarithm with 67 bits. */
export function power(base: number, exponent: number): number {
  const isPlain =
    base > 0 && base < Number.POSITIVE_INFINITY && Math.abs(exponent) < Number.POSITIVE_INFINITY;
  return isPlain ? positivePower(base, exponent) : powerOfOthers(base, exponent);
}

function powerOfOthers(base: number, exponent: number): number {
  if (exponent === 0 || base === 1) return 1;
  if (Number.isNaN(base) || Number.isNaN(exponent)) return Number.NaN;
  const size = Math.abs(base);
  if (Math.abs(exponent) === Number.POSITIVE_INFINITY) {
    if (size === 1) return 1;
    return size > 1 === exponent > 0 ? Number.POSITIVE_INFINITY : 0;
  }
  const isNegative = (base < 0 || Object.is(base, -0)) && isOdd(exponent);
  if (size === 0 || size === Number.POSITIVE_INFINITY) {
    const value = (size === 0) === exponent > 0 ? 0 : Number.POSITIVE_INFINITY;
    return isNegative ? -value : value;
  }
  if (base < 0 && !Number.isInteger(exponent)) return Number.NaN;
  const value = positivePower(size, exponent);
  return isNegative ? -value : value;
}

/** 2^27 + 1: splits 53 bits into two halves of 26. */
const splitter = 134217729;

function positivePower(base: number, exponent: number): number {
  const halves = logHalves(base);
  const high = halves[0];
  if (high === 0) return 1;
  const about = exponent * high;
  if (about > 711) return Number.POSITIVE_INFINITY;
  if (about < -747) return 0;
  // Below 2^63, as |high| is above 2^-54 or 0.
  const wide = splitter * exponent;
  const front = wide - (wide - exponent);
  return expOfSum(front * high, (exponent - front) * high + exponent * halves[1]);
}
