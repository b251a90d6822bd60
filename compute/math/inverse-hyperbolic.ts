import { productOf, sumOf } from "./double-double.ts";
import { log1pOfSum, logOfDouble } from "./logarithm.ts";

/** From here on √(x² ± 1) is x, to the last bit of the logarithm. */
const large = 2 ** 28;

/** What rounding took from the root that was computed last. */
let lost = 0;

/** √(hi + low) of two that do not overlap; what it is short of that is in `lost`. */
function rootOf(hi: number, low: number): number {
  const root = Math.sqrt(hi);
  const back = productOf(root, root);
  lost = root === 0 ? 0 : (hi - back.hi - back.lo + low) / (2 * root);
  return root;
}

/** ln(1 + x + (√(1 + x²) - 1)), within 0.7 units in the last place. */
export function asinh(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -27 || !(size < Number.POSITIVE_INFINITY)) return x;
  const value = size < large ? smallAsinh(size) : logOfDouble(size);
  return x < 0 ? -value : value;
}

function smallAsinh(x: number): number {
  const square = productOf(x, x);
  const inside = sumOf(1, square.hi);
  const root = rootOf(inside.hi, inside.lo + square.lo);
  const { hi, lo } = sumOf(x, root - 1);
  return log1pOfSum(hi, lo + lost);
}

/** ln(1 + t + √(t(t + 2))) for t = x - 1, within 0.7 units in the last place; NaN below 1. */
export function acosh(x: number): number {
  if (!(x >= 1 && x < Number.POSITIVE_INFINITY)) return x > 1 ? x : Number.NaN;
  if (x >= large) return logOfDouble(x);
  const t = x - 1;
  const above = sumOf(x, 1);
  const inside = productOf(t, above.hi);
  const root = rootOf(inside.hi, inside.lo + t * above.lo);
  const { hi, lo } = sumOf(t, root);
  return log1pOfSum(hi, lo + lost);
}

/** ln(1 + 2x/(1 - x))/2, within 0.7 units in the last place; NaN beyond ±1. */
export function atanh(x: number): number {
  const size = Math.abs(x);
  if (!(size < 1)) return size === 1 ? x * Number.POSITIVE_INFINITY : Number.NaN;
  if (size < 2 ** -28) return x;
  const below = sumOf(1, -size);
  const quotient = (2 * size) / below.hi;
  const back = productOf(quotient, below.hi);
  const low = (2 * size - back.hi - back.lo - quotient * below.lo) / below.hi;
  const value = log1pOfSum(quotient, low) / 2;
  return x < 0 ? -value : value;
}
