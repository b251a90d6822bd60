import type { FloatingArray } from "@sluice/contract/array";
import { mostColumns, mostRows, mostTerms } from "../../engines/native/scratch.ts";
import type { KernelMemory } from "../../engines/wasm/memory.ts";
import { planeOperand, type Rows, realOperand, rowsOf } from "../../engines/wasm/staging.ts";
import type { OnFraction } from "../../model/on-fraction.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { freshResult } from "./fresh-result.ts";
import type { OpenBlas } from "./openblas.ts";
import { direct, fromPlanes, inPlace, inScratch, staged } from "./operands.ts";
import { blockOf, complexes, doubles, type Extents, product, singles } from "./product.ts";

/**
 * a @ b for an m×k and a k×n matrix, in NumPy's result dtype, by OpenBLAS. As on wasm, a real factor beside a
 * complex one is not widened: real · complex is a real product with twice the columns, complex · real is one for
 * each part.
 */
export function matmul(
  a: FloatingArray,
  b: FloatingArray,
  blas: OpenBlas,
  memory: KernelMemory,
  onFraction: OnFraction,
  threads = 1,
): FloatingArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const result = freshResult({ shape: [m, n], dtype: resultDtype(a.dtype, b.dtype) }, memory, threads);
  if (k === 0) result.data.fill(0);
  const left = rowsOf(a, memory);
  const right = rowsOf(b, memory);
  const target = rowsOf(result, memory);
  if (a.dtype === "complex128" && b.dtype === "complex128") {
    const operands = { lefts: [direct(left, 2)], right: direct(right, 2), target: inPlace(target, 2) };
    product(complexes(blas), { m, n, k }, operands, onFraction);
  } else {
    const extents = { m, n: b.dtype === "complex128" ? 2 * n : n, k };
    const asTheyAre = a.dtype !== "complex128" && a.dtype === b.dtype;
    if (asTheyAre || (a.dtype === "float64" && b.dtype === "complex128")) {
      const operands = { lefts: [direct(left)], right: direct(right), target: inPlace(target) };
      product(result.dtype === "float32" ? singles(blas) : doubles(blas), extents, operands, onFraction);
    } else {
      mixedProduct(extents, a.dtype === "complex128", { left, right, target }, blas, memory, onFraction);
    }
  }
  onFraction(1);
  return result;
}

interface Factors {
  readonly left: Rows;
  readonly right: Rows;
  readonly target: Rows;
}

/** A factor to be widened from float32, or a complex one on the left: made ready in kernel memory block by block. */
function mixedProduct(
  extents: Extents,
  leftIsComplex: boolean,
  { left, right, target }: Factors,
  blas: OpenBlas,
  memory: KernelMemory,
  onFraction: OnFraction,
): void {
  const rows = blockOf(extents.m, mostRows);
  const terms = blockOf(extents.k, mostTerms);
  const columns = blockOf(extents.n, mostColumns);
  inScratch(
    memory,
    (work) => ({
      lefts: leftIsComplex
        ? ([0, 1] as const).map((part) => staged(work, planeOperand(work, left, part, 1, rows * terms)))
        : [staged(work, realOperand(work, left, rows * terms))],
      right: staged(work, realOperand(work, right, terms * columns)),
      target: leftIsComplex ? fromPlanes(work, target, rows * columns) : inPlace(target),
    }),
    (operands) => product(doubles(blas), extents, operands, onFraction),
  );
}
