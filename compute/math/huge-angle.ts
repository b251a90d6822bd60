import { add, type DoubleDouble, multiply } from "./double-double.ts";
import { binaryExponent } from "./exponent.ts";
import { inverseQuarterTurnDigits, quarterTurn } from "./tables/circular.ts";

const digit = 2 ** 24;
/** Digits behind the point: 2^-192, where no float64 is nearer to a multiple of π/2 than 2^-62. */
const behind = 8;

/** Digits of 53 bits, shifted by up to 23. */
const places = 4;

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
  let left = size * 2 ** -exponent;
  for (let place = 0; place < places; place += 1) {
    const unit = 2 ** (24 * (places - 1 - place) - shift);
    const factor = Math.floor(left / unit);
    left -= factor * unit;
    for (let t = 0; t <= behind; t += 1) {
      const index = t + first - place;
      if (index >= 0) product[t] += factor * inverseQuarterTurnDigits[index];
    }
  }
  for (let t = behind; t > 0; t -= 1) {
    const carried = Math.floor(product[t] / digit);
    product[t] -= carried * digit;
    product[t - 1] += carried;
  }
  const rounded = product[1] >= digit / 2 ? 1 : 0;
  const quarter = (product[0] + rounded) % 4;
  let turns: DoubleDouble = { hi: 0, lo: 0 };
  for (let t = behind; t > 0; t -= 1) turns = add(turns, { hi: product[t] * 2 ** (-24 * t), lo: 0 });
  turns = add({ hi: -rounded, lo: 0 }, turns);
  const { hi, lo } = multiply(turns, quarterTurn);
  rest[0] = x < 0 ? -hi : hi;
  rest[1] = x < 0 ? -lo : lo;
  return x < 0 ? (4 - quarter) % 4 : quarter;
}
