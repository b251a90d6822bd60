import { leastPower, powers } from "./exponential.ts";
import { inverseOfLogTen, inverseOfLogTwo, naturalOfTwo, reciprocals } from "./tables/logarithm.ts";

/**
 * ln x = k · ln 2 + ln c + ln(1 + r): the mantissa's first bits choose a c from a table, whose reciprocal has so few
 * bits that r = mantissa/c - 1 has no rounding; |r| ≤ 2^-7 (Tang 1990).
 */
const zeroPower = -leastPower;
const table = new Float64Array(reciprocals);
/** Named here once more: what is imported V8 looks up at each use. */
const scales = powers;
const number = new Float64Array(1);
/** The same eight bytes; all CPUs this runs on put the high word last. */
const words = new Int32Array(number.buffer);
const [twoHigh = 0, twoLow = 0] = naturalOfTwo;
/** The high word of 0.6875, where the table begins. */
const firstMantissa = 0x3fe60000;
/** 2^27 + 1: splits 53 bits into two halves of 26. */
const splitter = 134217729;

/** Of the number that was reduced last k · ln 2 + ln c in two halves, and r as the exact sum of two. */
const reduced = new Float64Array(4);

/** Of a normal number, as if its exponent were larger by `shift`. */
function reduce(x: number, shift: number): void {
  number[0] = x;
  const above = words[1] - firstMantissa;
  const binary = above >> 20;
  const mantissa = x * scales[zeroPower - binary];
  const entry = 3 * ((above >> 13) & 127);
  const wide = splitter * mantissa;
  const front = wide - (wide - mantissa);
  const reciprocal = table[entry];
  const first = front * reciprocal - 1;
  const second = (mantissa - front) * reciprocal;
  const r = first + second;
  const exponent = binary + shift;
  reduced[0] = exponent * twoHigh + table[entry + 1];
  reduced[1] = exponent * twoLow + table[entry + 2];
  reduced[2] = r;
  reduced[3] = second - (r - first);
}

/** (ln(1 + r) - r + r²/2)/r³ for |r| ≤ 2^-7. */
function cubicRest(r: number): number {
  const square = r * r;
  const late = 1 / 7 - r * (1 / 8) + square * (1 / 9);
  return 1 / 3 - r * (1 / 4) + square * (1 / 5 - r * (1 / 6) + square * late);
}

/** Of a normal number times 2^shift, with a correction to the result. */
function logPlus(x: number, shift: number, correction: number): number {
  reduce(x, shift);
  const high = reduced[0];
  const r = reduced[2];
  const sum = high + r;
  const lost = high - sum + r + reduced[3] + reduced[1] + correction;
  return sum + (lost + r * r * (r * cubicRest(r) - 0.5));
}

const leastNormal = 2 ** -1022;

/** ln x, within 0.51 units in the last place. */
export function log(x: number): number {
  if (!(x >= leastNormal && x < Number.POSITIVE_INFINITY)) return logOfOthers(x);
  // logPlus(x, 0, 0) in one piece: by way of `reduced` it takes a third longer.
  number[0] = x;
  const above = words[1] - firstMantissa;
  const exponent = above >> 20;
  const mantissa = x * scales[zeroPower - exponent];
  const entry = 3 * ((above >> 13) & 127);
  const wide = splitter * mantissa;
  const front = wide - (wide - mantissa);
  const reciprocal = table[entry];
  const first = front * reciprocal - 1;
  const second = (mantissa - front) * reciprocal;
  const r = first + second;
  const high = exponent * twoHigh + table[entry + 1];
  const sum = high + r;
  const lost = high - sum + r + (second - (r - first)) + (exponent * twoLow + table[entry + 2]);
  const square = r * r;
  const late = 1 / 5 - r * (1 / 6) + square * (1 / 7 - r * (1 / 8));
  return sum + (lost + square * (r * (1 / 3 - r * (1 / 4) + square * late) - 0.5));
}

function logOfOthers(x: number): number {
  if (x > 0 && x < leastNormal) return logPlus(x * 2 ** 52, -52, 0);
  if (x === 0) return Number.NEGATIVE_INFINITY;
  return x > 0 ? x : Number.NaN;
}

/** ln(1 + x), within 0.66 units in the last place. */
export function log1p(x: number): number {
  if (Math.abs(x) < 2 ** -54) return x;
  if (!(x > -1 && x < Number.POSITIVE_INFINITY)) return log(1 + x);
  return log1pOfSum(x, 0);
}

/** ln(1 + x + low) for a finite x above -1 and a `low` that is at most its last bit. */
export function log1pOfSum(x: number, low: number): number {
  const sum = 1 + x;
  const other = sum - 1;
  return logPlus(sum, 0, (1 - (sum - other) + (x - other) + low) / sum);
}

/** ln(2x) for 1 ≤ x < Infinity, without overflow. */
export const logOfDouble = (x: number): number => logPlus(x, 1, 0);

const [perTwoHigh = 0, perTwoLow = 0] = inverseOfLogTwo;
const [perTenHigh = 0, perTenLow = 0] = inverseOfLogTen;

/** Within 0.51 units in the last place; exact for powers of two. */
export function log2(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return logOfOthers(x);
  const parts = logHalves(x);
  return parts[0] * perTwoHigh + (parts[0] * perTwoLow + parts[1] * (perTwoHigh + perTwoLow));
}

/** Within 0.51 units in the last place; exact for powers of ten. */
export function log10(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return logOfOthers(x);
  const parts = logHalves(x);
  return parts[0] * perTenHigh + (parts[0] * perTenLow + parts[1] * (perTenHigh + perTenLow));
}

/**
 * ln x for 0 < x < Infinity as the sum of two float64, within 2^-67 of its magnitude. The first has 26 bits, so that its
 * product with half a float64 is exact. The array is written anew by each call.
 */
export function logHalves(x: number): Float64Array {
  const isSubnormal = x < leastNormal;
  reduce(isSubnormal ? x * 2 ** 52 : x, isSubnormal ? -52 : 0);
  const high = reduced[0];
  const r = reduced[2];
  const wideR = splitter * r;
  const front = wideR - (wideR - r);
  const halfSquare = 0.5 * front * front;
  const first = high + r;
  const second = first - halfSquare;
  const lost = high - first + r + (first - second - halfSquare);
  const rest = reduced[3] + reduced[1] - 0.5 * (r - front) * (front + r) - r * reduced[3];
  const low = lost + (rest + r * r * r * cubicRest(r));
  const sum = second + low;
  const wide = splitter * sum;
  halves[0] = wide - (wide - sum);
  halves[1] = second - halves[0] + low;
  return halves;
}

const halves = new Float64Array(2);
