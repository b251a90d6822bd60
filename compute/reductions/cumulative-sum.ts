import type { DenseArray } from "@sluice/contract/array";
import type { OnFraction } from "../engines/engine.ts";
import type { Lines } from "./lines.ts";

/** Running sums along each line; a float32 result rounds each of them as it is stored. */
export function cumulativeSum(
  a: DenseArray,
  { outer, length, inner }: Lines,
  result: DenseArray,
  onFraction: OnFraction,
): DenseArray {
  const { data } = a;
  const { data: out } = result;
  // Re and im are lines of their own, side by side.
  const stride = inner * (a.dtype === "complex128" ? 2 : 1);
  const block = length * stride;
  for (let index = 0; index < outer; index += 1) {
    const [from, end] = [index * block, (index + 1) * block];
    for (let at = from; at < Math.min(end, from + stride); at += 1) out[at] = data[at];
    for (let at = from + stride; at < end; at += 1) out[at] = out[at - stride] + data[at];
    if (index % 1024 === 0) onFraction((index + 1) / outer);
  }
  onFraction(1);
  return result;
}
