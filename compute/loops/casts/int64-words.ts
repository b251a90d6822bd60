/**
 * int64 as pairs of 32-bit words, the low one first: numbers become int64 and back without a BigInt for each,
 * which is an object on the heap.
 */
export const wordsOf = ({ buffer, byteOffset, length }: BigInt64Array): Int32Array =>
  new Int32Array(buffer, byteOffset, 2 * length);

/** The nearest float64: the high word times 2^32 is exact, so that the sum rounds once. */
export const toDouble = (low: number, high: number): number => high * 2 ** 32 + (low >>> 0);

/** High words of int64 that float64 holds exactly: -2^53 … 2^53 - 1. */
const exactHigh = 2 ** 21;

/**
 * A float64 that rounds to float32 as the int64 itself does. Where float64 would round first, the bits it has no
 * room for are gathered in the last that it has, so that no tie is made.
 */
export function toDoubleForSingle(low: number, high: number): number {
  if (high >= -exactHigh && high < exactHigh) return toDouble(low, high);
  const sticky = (low & 0x7ff) === 0 ? 0 : 0x800;
  return toDouble((low & ~0x7ff) | sticky, high);
}

/**
 * Stores the whole part of a number, as C's cast on x86-64 does: what int64 has no room for, and NaN, become
 * -2^63.
 */
export function storeTruncated(words: Int32Array, index: number, value: number): void {
  const whole = Math.trunc(value);
  if (!(whole >= -(2 ** 63) && whole < 2 ** 63)) {
    words[2 * index] = 0;
    words[2 * index + 1] = -(2 ** 31);
    return;
  }
  const high = Math.floor(whole / 2 ** 32);
  words[2 * index] = whole - high * 2 ** 32;
  words[2 * index + 1] = high;
}

/** Makes whole numbers the int64 of the same value, each in its own eight bytes. */
export function toIntegersInPlace(numbers: Float64Array): void {
  const words = new Int32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
  for (let index = 0; index < numbers.length; index += 1) storeTruncated(words, index, numbers[index]);
}
