import type { DenseArray } from "@sluice/contract/array";
import type { OnFraction } from "../../engines/engine.ts";
import type { Kernels } from "../../engines/wasm/kernels.ts";
import type { KernelMemory } from "../../engines/wasm/memory.ts";
import { planeOperand, rowsOf, Workspace } from "../../engines/wasm/staging.ts";
import { resultDtype } from "../../result-dtype.ts";
import type { OpenBlas } from "./openblas.ts";
import { direct, fromPlanes, inPlace, staged, widened } from "./operands.ts";
import {
  blockOf,
  complexes,
  doubles,
  mostColumns,
  mostRows,
  mostTerms,
  product,
  type Source,
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
  kernels: Kernels,
  onFraction: OnFraction,
): DenseArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const result = memory.array({ shape: [m, n], dtype: resultDtype(a.dtype, b.dtype) }, k === 0);
  const [left, right, target] = [a, b, result].map(rowsOf);
  const work = new Workspace(memory, kernels);
  const leftBlock = blockOf(m, mostRows) * blockOf(k, mostTerms);
  const rightBlock = blockOf(k, mostTerms) * blockOf(n, mostColumns);
  const real = (array: DenseArray, most: number): Source => widened(work, array, most);
  try {
    if (result.dtype === "float32") {
      product(singles(blas), { m, n, k }, [direct(left)], direct(right), inPlace(target), onFraction);
    } else if (a.dtype === "complex128" && b.dtype === "complex128") {
      const factors = [[direct(left, 2)], direct(right, 2)] as const;
      product(complexes(blas), { m, n, k }, ...factors, inPlace(target, 2), onFraction);
    } else if (a.dtype === "complex128") {
      const planes = ([0, 1] as const).map((part) =>
        staged(work, planeOperand(work, left, part, 1, leftBlock)),
      );
      const to = fromPlanes(work, target, blockOf(m, mostRows) * blockOf(n, mostColumns));
      product(doubles(blas), { m, n, k }, planes, real(b, rightBlock), to, onFraction);
    } else {
      const columns = b.dtype === "complex128" ? 2 * n : n;
      const factor = b.dtype === "complex128" ? direct(right) : real(b, rightBlock);
      const extents = { m, n: columns, k };
      product(doubles(blas), extents, [real(a, leftBlock)], factor, inPlace(target), onFraction);
    }
  } finally {
    work.free();
  }
  onFraction(1);
  return result;
}
