import { type DenseArray, zeros } from "@sluice/contract/array";
import ndarray from "ndarray";
import ops from "ndarray-ops";
import type { OnFraction } from "../../model/on-fraction.ts";

const block = 65_536;
// Inside these bounds re² + im² neither overflows nor loses bits to underflow.
const largestSafeSquare = 2 ** 1000;
const smallestSafeSquare = 2 ** -900;

/** |re + i·im| as NumPy's hypot has it: an infinite part wins over a NaN. */
function guardedAbsolute(re: number, im: number): number {
  const x = Math.abs(re);
  const y = Math.abs(im);
  if (x === Number.POSITIVE_INFINITY || y === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const largest = Math.max(x, y);
  if (largest === 0 || Number.isNaN(largest)) return largest;
  // Powers of two, so that the scaling itself rounds nothing.
  const scale = largest > 1 ? 2 ** -600 : 2 ** 600;
  return Math.sqrt((x * scale) ** 2 + (y * scale) ** 2) / scale;
}

/** Magnitude of complex128 as float64. `Math.hypot` would do, 20 times slower. */
export function absolute({ shape, data }: DenseArray, onFraction: OnFraction): DenseArray {
  const result = zeros({ shape, dtype: "float64" });
  const out = result.data;
  for (let from = 0; from < out.length; from += block) {
    const to = Math.min(out.length, from + block);
    for (let index = from; index < to; index += 1) {
      const re = data[2 * index];
      const im = data[2 * index + 1];
      const square = re * re + im * im;
      out[index] =
        square > smallestSafeSquare && square < largestSafeSquare
          ? Math.sqrt(square)
          : guardedAbsolute(re, im);
    }
    onFraction(to / out.length);
  }
  return result;
}

/** Multiplies every element by a real factor, in place. */
export function scale(array: DenseArray, factor: number, onFraction: OnFraction): DenseArray {
  ops.mulseq(ndarray(array.data), factor);
  onFraction(1);
  return array;
}
