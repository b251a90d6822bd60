import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { release } from "../../../engines/release.ts";
import type { KernelMemory } from "../../../engines/wasm/memory.ts";
import { widened } from "../../../model/linear-algebra-steps.ts";
import { freshResult } from "../fresh-result.ts";
import { type OpenBlas, rowMajor, transpose } from "../openblas.ts";

/** What a factorization works with, and how many threads must reach its results. */
export interface LapackContext {
  readonly blas: OpenBlas;
  readonly memory: KernelMemory;
  readonly threads: number;
}

/** An array for the engine's caller; its bytes are undefined until they are written. */
export const resultIn = ({ memory, threads }: LapackContext, spec: FloatingSpec): FloatingArray =>
  freshResult(spec, memory, threads);

/** An array that is released again. It lies outside kernel memory, as only OpenBLAS works on it. */
export const temporary = ({ memory }: LapackContext, spec: FloatingSpec): FloatingArray =>
  freshResult(spec, memory, 1);

export const widthOf = ({ dtype }: FloatingSpec): 1 | 2 => (dtype === "complex128" ? 2 : 1);

/** A copy for LAPACK to overwrite, float32 as float64. */
export function copyOf(context: LapackContext, a: FloatingArray): FloatingArray {
  const copy = temporary(context, widened(a));
  copy.data.set(a.data);
  return copy;
}

const one = Float64Array.of(1, 0);

/** Rows `stride` elements apart of a matrix, turned into the columns of another: not conjugated. */
export function turn(
  { blas }: LapackContext,
  from: FloatingArray,
  [rows, columns]: readonly [number, number],
  stride: number,
  to: FloatingArray,
): void {
  const order = [rowMajor, transpose, rows, columns] as const;
  if (widthOf(from) === 2) blas.zomatcopy(...order, one, from.data, stride, to.data, rows);
  else blas.domatcopy(...order, 1, from.data, stride, to.data, rows);
}

/** A by columns, as LAPACK has it: its transpose by rows. To be released. */
export function byColumns(context: LapackContext, a: FloatingArray): FloatingArray {
  const [m, n] = a.shape;
  const turned = temporary(context, { ...widened(a), shape: [n, m] });
  if (a.dtype !== "float32") {
    turn(context, a, [m, n], n, turned);
    return turned;
  }
  const wide = copyOf(context, a);
  turn(context, wide, [m, n], n, turned);
  release(wide);
  return turned;
}
