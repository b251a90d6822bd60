import { productOf } from "./double-double.ts";
import { exp, expm1Halves } from "./exponential.ts";

/** Beyond it tanh(x) is 1, and sinh and cosh are e^|x|/2, to the last bit. */
export const saturated = 22;

/** Within 0.6 units in the last place: E/(E + 2) for E = e^2|x| - 1, with what rounding took from E, E + 2 and the quotient. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (!(size < saturated)) return Number.isNaN(x) ? x : Math.sign(x);
  if (size < 2 ** -28) return x;
  const halves = expm1Halves(2 * size);
  const high = halves[0];
  const low = halves[1];
  const above = high + low;
  const lost = high - above + low;
  const below = above + 2;
  const lostBelow = (above > 2 ? above - below + 2 : 2 - below + above) + lost;
  const quotient = above / below;
  const back = productOf(quotient, below);
  const value = quotient + (above - back.hi - back.lo + lost - quotient * lostBelow) / below;
  return x < 0 ? -value : value;
}

/** Within 1.2 units in the last place, for |x| < 708. */
export function sinh(x: number): number {
  const size = Math.abs(x);
  if (size < 1) return x + x * x * x * cubicRest(x * x);
  const power = exp(size);
  const value = (power - 1 / power) / 2;
  return x < 0 ? -value : value;
}

/** 1/3! + x/5! + x²/7! + … for x ≤ 1. */
const cubicRest = (x: number): number =>
  1 / 6 +
  x *
    (1 / 120 + x * (1 / 5040 + x * (1 / 362880 + x * (1 / 39916800 + x * (1 / 6227020800 + x * beyond(x))))));

/** 1/15! + x/17! + x²/19!. */
const beyond = (x: number): number =>
  1 / 1307674368000 + x * (1 / 355687428096000 + x * (1 / 121645100408832000));

/** Within 1.1 units in the last place, for |x| < 708. */
export function cosh(x: number): number {
  const power = exp(Math.abs(x));
  return (power + 1 / power) / 2;
}
