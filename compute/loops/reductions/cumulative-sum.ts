import type { FloatingArray } from "@sluice/contract/array";
import type { ArrayLines } from "../../engines/array-lines.ts";
import type { OnFraction } from "../../model/on-fraction.ts";

/** Running sums along each line; a float32 result rounds each of them as it is stored. */
export function cumulativeSum(
  a: FloatingArray,
  { points, inner }: ArrayLines,
  result: FloatingArray,
  onFraction: OnFraction,
): FloatingArray {
  const { data } = a;
  const { data: out } = result;
  // Re and im are lines of their own, side by side.
  const stride = inner * (a.dtype === "complex128" ? 2 : 1);
  const block = points * stride;
  for (let from = 0; from < data.length; from += block) {
    for (let at = from; at < from + stride; at += 1) out[at] = data[at];
    for (let at = from + stride; at < from + block; at += 1) out[at] = out[at - stride] + data[at];
    onFraction((from + block) / data.length);
  }
  onFraction(1);
  return result;
}
