import { binaryExponent } from "../../math/exponent.ts";
import type { Planes } from "./planes.ts";

/** Sums of squares of numbers up to here are safe, and numbers that `negligibleSquare` drops are nothing beside them. */
const [least, most] = [2 ** -300, 2 ** 300];

/**
 * A column whose sum of squares is less counts as zero: squares below 2^-1022 lose digits, and a reflection made
 * of them would not be orthogonal. Beside numbers of 2^-300 and more that changes no digit.
 */
export const negligibleSquare = 2 ** -900;

/**
 * The power of two that brings the largest magnitude to about 1, where sums of squares would otherwise overflow
 * or underflow: 1 for most matrices, and for those without a finite largest magnitude.
 */
export function rangeScale(numbers: Float64Array | Float32Array): number {
  let largest = 0;
  for (let index = 0; index < numbers.length; index += 1) {
    const size = Math.abs(numbers[index]);
    if (size <= largest) continue;
    largest = size;
    if (Number.isNaN(size)) break;
  }
  return scaleFor(largest);
}

export function scaleFor(largest: number): number {
  if (!(largest > 0) || largest === Number.POSITIVE_INFINITY || (largest >= least && largest <= most))
    return 1;
  // 2^±1000 at most, so that its inverse is a number too.
  return 2 ** Math.max(-1000, Math.min(1000, -binaryExponent(largest)));
}

/** Exact but for what becomes subnormal. */
export function scalePlanes({ re, im }: Planes, factor: number): void {
  if (factor === 1) return;
  for (const plane of im ? [re, im] : [re]) {
    for (let index = 0; index < plane.length; index += 1) plane[index] *= factor;
  }
}
