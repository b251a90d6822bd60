import { productOf } from "./double-double.ts";
import { exp, expm1Halves, halfExp } from "./exponential.ts";

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

/** (E + E/(E + 1))/2 for E = e^|x| - 1, with what rounding took from both: within 0.6 units in the last place. */
export function sinh(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -28) return x;
  const value = size < saturated ? smallSinh(size) : halfExp(size);
  return x < 0 ? -value : value;
}

function smallSinh(size: number): number {
  const halves = expm1Halves(size);
  const above = halves[0] + halves[1];
  const lost = halves[0] - above + halves[1];
  const below = above + 1;
  const lostBelow = (above > 1 ? above - below + 1 : 1 - below + above) + lost;
  const quotient = above / below;
  const back = productOf(quotient, below);
  const lostQuotient = (above - back.hi - back.lo + lost - quotient * lostBelow) / below;
  const sum = above + quotient;
  return (sum + (above - sum + quotient + lost + lostQuotient)) / 2;
}

/** Within 1.1 units in the last place. */
export function cosh(x: number): number {
  const size = Math.abs(x);
  if (!(size < saturated)) return halfExp(size);
  const power = exp(size);
  return (power + 1 / power) / 2;
}
