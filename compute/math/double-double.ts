/**
 * Numbers of 106 bits as unevaluated sums of two float64 (Dekker 1971): hi is the sum rounded to float64, lo the rest.
 * Only additions and multiplications of float64, in this order, on every CPU: JavaScript never fuses them.
 */
export interface DoubleDouble {
  readonly hi: number;
  readonly lo: number;
}

/** a + b exactly (Knuth). */
export function sumOf(a: number, b: number): DoubleDouble {
  const hi = a + b;
  const other = hi - a;
  return { hi, lo: a - (hi - other) + (b - other) };
}

/** 2^27 + 1: splits 53 bits into two halves of 26. */
const splitter = 134217729;

/** a · b exactly (Veltkamp, Dekker), while neither is above 2^995 nor the product's low half below 2^-1074. */
export function productOf(a: number, b: number): DoubleDouble {
  const hi = a * b;
  const wideA = splitter * a;
  const wideB = splitter * b;
  const highA = wideA - (wideA - a);
  const highB = wideB - (wideB - b);
  const lowA = a - highA;
  const lowB = b - highB;
  return { hi, lo: lowA * lowB - (hi - highA * highB - lowA * highB - highA * lowB) };
}

/** hi + lo where |lo| is at most about |hi|, as a sum of two that do not overlap. */
function renormalized(hi: number, lo: number): DoubleDouble {
  const sum = hi + lo;
  return { hi: sum, lo: lo - (sum - hi) };
}

/** Within 2^-104 of its magnitude where the terms have one sign, of the larger term where they have not. */
export function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const { hi, lo } = sumOf(a.hi, b.hi);
  return renormalized(hi, lo + (a.lo + b.lo));
}

/** Within 2^-103 of its magnitude. */
export function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const { hi, lo } = productOf(a.hi, b.hi);
  return renormalized(hi, lo + (a.hi * b.lo + a.lo * b.hi));
}

/** a / b of two float64, within 2^-104 of its magnitude. */
export function quotientOf(a: number, b: number): DoubleDouble {
  const hi = a / b;
  const back = productOf(hi, b);
  return renormalized(hi, (a - back.hi - back.lo) / b);
}

export const negative = ({ hi, lo }: DoubleDouble): DoubleDouble => ({ hi: -hi, lo: -lo });
