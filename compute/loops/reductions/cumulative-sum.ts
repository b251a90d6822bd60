import { type DenseArray, type FloatingArray, type IntegerArray, partsOf } from "@sluice/contract/array";
import type { ArrayLines } from "../../engines/array-lines.ts";
import type { OnFraction } from "../../model/on-fraction.ts";

/** Adds up entries from … from + block - 1, each to that `stride` before it. */
type AddUp = (from: number, stride: number, block: number) => void;

/** A result in single precision rounds each sum as it is stored. */
function ofFloats({ data }: FloatingArray, { data: out }: FloatingArray): AddUp {
  return (from, stride, block) => {
    for (let at = from; at < from + stride; at += 1) out[at] = data[at];
    for (let at = from + stride; at < from + block; at += 1) out[at] = out[at - stride] + data[at];
  };
}

/** Wraps around as it is stored. */
function ofIntegers({ data }: IntegerArray, { data: out }: IntegerArray): AddUp {
  return (from, stride, block) => {
    for (let at = from; at < from + stride; at += 1) out[at] = data[at];
    for (let at = from + stride; at < from + block; at += 1) out[at] = out[at - stride] + data[at];
  };
}

/** Running sums along each line of floating numbers or int64, in the dtype of `a`. */
export function cumulativeSum<Result extends DenseArray>(
  a: DenseArray,
  { points, inner }: ArrayLines,
  result: Result,
  onFraction: OnFraction,
): Result {
  const addUp =
    a.dtype === "int64"
      ? ofIntegers(a, result as IntegerArray)
      : ofFloats(a as FloatingArray, result as FloatingArray);
  const { length } = a.data;
  // Re and im are lines of their own, side by side.
  const stride = inner * partsOf(a);
  const block = points * stride;
  for (let from = 0; from < length; from += block) {
    addUp(from, stride, block);
    onFraction((from + block) / length);
  }
  onFraction(1);
  return result;
}
