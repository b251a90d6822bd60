import { type FloatingArray, zeros } from "@sluice/contract/array";
import ndarray from "ndarray";
import ops from "ndarray-ops";
import { hypot } from "../../math/hypot.ts";
import type { OnFraction } from "../../model/on-fraction.ts";

const block = 65_536;

/** Magnitude of complex128 as float64. */
export function absolute({ shape, data }: FloatingArray, onFraction: OnFraction): FloatingArray {
  const result = zeros({ shape, dtype: "float64" });
  const out = result.data;
  for (let from = 0; from < out.length; from += block) {
    const to = Math.min(out.length, from + block);
    for (let index = from; index < to; index += 1) out[index] = hypot(data[2 * index], data[2 * index + 1]);
    onFraction(to / out.length);
  }
  return result;
}

/** Multiplies every element by a real factor, in place. */
export function scale(array: FloatingArray, factor: number, onFraction: OnFraction): FloatingArray {
  ops.mulseq(ndarray(array.data), factor);
  onFraction(1);
  return array;
}
