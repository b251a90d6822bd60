import { productOf } from "./double-double.ts";
import { binaryExponent } from "./exponent.ts";
import { inverseQuarterTurnDigits, quarterTurn } from "./tables/circular.ts";

const digit = 2 ** 24;
/** Digits behind the point that are worked out: 2^-142 is left, and no float64 is nearer to a multiple of π/2 than 2^-62. */
const behind = 7;
/** Digits of 53 bits, shifted by up to 23. */
const places = 4;

const digits = new Float64Array(inverseQuarterTurnDigits);
const product = new Float64Array(behind + 1);

/**
 * A large angle in quarter turns (Payne and Hanek 1983): x · 2/π in digits of 24 bits. Of the product of the digits of x
 * and those of 2/π only those that matter modulo 4 are worked out.
 * @param rest where the angle less the nearest quarter turn is put, as a sum of two
 * @returns which of the four quarter turns that is
 */
export function reduceHuge(x: number, rest: Float64Array): number {
  const size = Math.abs(x);
  const exponent = binaryExponent(size) - 52;
  const shift = ((exponent % 24) + 24) % 24;
  const first = (exponent - shift) / 24 + 2;
  product.fill(0);
  // A whole number of 53 bits.
  let left = size * 2 ** -exponent;
  for (let place = 0; place < places; place += 1) {
    const unit = 2 ** (24 * (places - 1 - place) - shift);
    const factor = Math.floor(left / unit);
    left -= factor * unit;
    for (let t = Math.max(0, place - first); t <= behind; t += 1)
      product[t] += factor * digits[t + first - place];
  }
  for (let t = behind; t > 0; t -= 1) {
    const carried = Math.floor(product[t] / digit);
    product[t] -= carried * digit;
    product[t - 1] += carried;
  }
  const rounded = product[1] >= digit / 2 ? 1 : 0;
  const quarter = (product[0] + rounded) % 4;
  putAngle(x < 0 ? -1 : 1, rounded, rest);
  return x < 0 ? (4 - quarter) % 4 : quarter;
}

/** The digits behind the point, less `rounded`, times π/2: two digits at a time make a sum that has no rounding. */
function putAngle(sign: number, rounded: number, rest: Float64Array): void {
  const front = product[1] * 2 ** -24 + product[2] * 2 ** -48 - rounded;
  const middle = product[3] * 2 ** -72 + product[4] * 2 ** -96;
  const back = product[5] * 2 ** -120 + product[6] * 2 ** -144;
  const turns = front + middle;
  const lost = middle - (turns - front) + back;
  const { hi, lo } = productOf(turns, quarterTurn.hi);
  rest[0] = sign * hi;
  rest[1] = sign * (lo + turns * quarterTurn.lo + lost * quarterTurn.hi);
}
