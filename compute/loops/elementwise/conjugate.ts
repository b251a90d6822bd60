import type { FloatingArray } from "@sluice/contract/array";

/** Turns the sign of imaginary parts; real arrays stay as they are. */
export function conjugateInPlace(a: FloatingArray): FloatingArray {
  if (a.dtype !== "complex128") return a;
  const { data } = a;
  for (let at = 1; at < data.length; at += 2) data[at] = -data[at];
  return a;
}
