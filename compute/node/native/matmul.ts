import type { DenseArray } from "@sluice/contract/array";
import type { OnFraction } from "../../engines/engine.ts";
import type { KernelMemory } from "../../engines/wasm/memory.ts";
import { planeOperand, rowsOf } from "../../engines/wasm/staging.ts";
import { resultDtype } from "../../result-dtype.ts";
import type { OpenBlas } from "./openblas.ts";
import { direct, fromPlanes, inPlace, inScratch, staged, widened } from "./operands.ts";
import {
  blockOf,
  complexes,
  doubles,
  mostColumns,
  mostRows,
  mostTerms,
  product,
  singles,
} from "./product.ts";

/**
 * a @ b for an m×k and a k×n matrix, in NumPy's result dtype, by OpenBLAS. As on wasm, a real factor beside a
 * complex one is not widened: real · complex is a real product with twice the columns, complex · real is one for
 * each part.
 */
export function matmul(
  a: DenseArray,
  b: DenseArray,
  blas: OpenBlas,
  memory: KernelMemory,
  onFraction: OnFraction,
): DenseArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const result = memory.array({ shape: [m, n], dtype: resultDtype(a.dtype, b.dtype) }, k === 0);
  const [left, right, target] = [a, b, result].map((array) => rowsOf(array, memory));
  if (result.dtype === "float32") {
    const operands = { lefts: [direct(left)], right: direct(right), target: inPlace(target) };
    product(singles(blas), { m, n, k }, operands, onFraction);
  } else if (a.dtype === "complex128" && b.dtype === "complex128") {
    const operands = { lefts: [direct(left, 2)], right: direct(right, 2), target: inPlace(target, 2) };
    product(complexes(blas), { m, n, k }, operands, onFraction);
  } else {
    const columns = b.dtype === "complex128" ? 2 * n : n;
    const [rows, terms, width] = [blockOf(m, mostRows), blockOf(k, mostTerms), blockOf(columns, mostColumns)];
    inScratch(
      memory,
      (work) => ({
        right: widened(work, right, terms * width),
        ...(a.dtype === "complex128"
          ? {
              lefts: ([0, 1] as const).map((part) =>
                staged(work, planeOperand(work, left, part, 1, rows * terms)),
              ),
              target: fromPlanes(work, target, rows * width),
            }
          : { lefts: [widened(work, left, rows * terms)], target: inPlace(target) }),
      }),
      (operands) => product(doubles(blas), { m, n: columns, k }, operands, onFraction),
    );
  }
  onFraction(1);
  return result;
}
