import { productOf } from "./double-double.ts";
import { binaryExponent } from "./exponent.ts";
import { exp, leastPower, powers } from "./exponential.ts";
import { log } from "./logarithm.ts";

/** x^(1/3), within 0.51 units in the last place: e^(ln x/3), and one step of Newton's iteration with the exact remainder. */
export function cbrt(x: number): number {
  const size = Math.abs(x);
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return x;
  const value = size < 2 ** -1000 ? rootByThirds(size * 2 ** 300) * 2 ** -100 : rootByThirds(size);
  return x < 0 ? -value : value;
}

/** By a power of 8, so that what is left is from 1 to 8. */
function rootByThirds(size: number): number {
  const thirds = Math.floor(binaryExponent(size) / 3);
  return nearRoot(size * powers[-3 * thirds - leastPower]) * powers[thirds - leastPower];
}

function nearRoot(x: number): number {
  const root = exp(log(x) / 3);
  const square = productOf(root, root);
  const cube = productOf(square.hi, root);
  return root + (x - cube.hi - cube.lo - square.lo * root) / (3 * square.hi);
}
