import type { DenseArray } from "@sluice/contract/array";
import type { Floor } from "./panel.ts";

/** Columns of a panel. Complex panels are worked in plain loops: narrower ones leave more to the products. */
export const blockSize = (complex: boolean): number => (complex ? 32 : 64);

/** A copy in the precision of the factorizations. */
export function widened(a: DenseArray, { memory }: Floor): DenseArray {
  const dtype = a.dtype === "complex128" ? "complex128" : "float64";
  const copy = memory.array({ shape: a.shape, dtype }, false);
  copy.data.set(a.data);
  return copy;
}
