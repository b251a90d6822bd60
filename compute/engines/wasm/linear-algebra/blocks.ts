import type { FloatingArray } from "@sluice/contract/array";
import type { ExecutionContext } from "./panel.ts";

/** A real matrix up to here is one panel: sharing its work in products would take longer than doing it. */
const onePanel = 128;

/** Columns of a panel. Complex panels are worked in plain loops: narrower ones leave more to the products. */
export function blockSize(n: number, complex: boolean): number {
  if (complex) return 32;
  return n <= onePanel ? onePanel : 64;
}

/** A copy in the precision of the factorizations. */
export function widened(a: FloatingArray, { memory }: ExecutionContext): FloatingArray {
  const dtype = a.dtype === "complex128" ? "complex128" : "float64";
  const copy = memory.array({ shape: a.shape, dtype }, false);
  copy.data.set(a.data);
  return copy;
}
