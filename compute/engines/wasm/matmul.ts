import type { DenseArray } from "@sluice/contract/array";
import { resultDtype } from "../../result-dtype.ts";
import type { OnFraction } from "../engine.ts";
import { complexDestination, realDestination } from "./destination.ts";
import { depthOf, gemm, type Product, panelColumns, panelRows, stagedColumns } from "./gemm.ts";
import type { Kernels } from "./kernels.ts";
import type { KernelMemory } from "./memory.ts";
import { type Operand, planeOperand, realOperand, rowsOf, Workspace } from "./staging.ts";

/** The real matrices a factor is made of: [re] or [re, im]; and -im for the product i·i. */
function parts(work: Workspace, array: DenseArray, most: number, single: boolean): Operand[] {
  const rows = rowsOf(array);
  if (array.dtype !== "complex128") return [realOperand(work, rows, most, single)];
  return [planeOperand(work, rows, 0, 1, most), planeOperand(work, rows, 1, 1, most)];
}

function productsOf(work: Workspace, a: DenseArray, b: DenseArray, most: number, single: boolean): Product[] {
  const left = parts(work, a, most, single);
  const rightIsComplex = b.dtype === "complex128";
  const real = { left: left[0], right: 0, plane: 0, add: false };
  if (left.length === 1) {
    return rightIsComplex ? [real, { left: left[0], right: 1, plane: 1, add: false }] : [real];
  }
  if (!rightIsComplex) return [real, { left: left[1], right: 0, plane: 1, add: false }];
  const minusImaginary = planeOperand(work, rowsOf(a), 1, -1, most);
  return [
    real,
    { left: minusImaginary, right: 1, plane: 0, add: true },
    { left: left[0], right: 1, plane: 1, add: false },
    { left: left[1], right: 0, plane: 1, add: true },
  ];
}

/**
 * a @ b for an m×k and a k×n matrix, in NumPy's result dtype; sums in the result's precision. A
 * complex product is two or four real ones; unlike NumPy a real factor is not widened first, so an
 * infinity in the other one makes no NaN out of 0·∞.
 */
export function matmul(
  a: DenseArray,
  b: DenseArray,
  memory: KernelMemory,
  kernels: Kernels,
  onFraction: OnFraction,
): DenseArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const result = memory.array({ shape: [m, n], dtype: resultDtype(a.dtype, b.dtype) }, k === 0);
  const single = result.dtype === "float32";
  const work = new Workspace(memory, kernels);
  try {
    const terms = depthOf(k);
    const rows = Math.min(panelRows, m);
    const target = rowsOf(result);
    const block = rows * Math.min(panelColumns, n);
    const destination =
      result.dtype === "complex128"
        ? complexDestination(work, target, block)
        : realDestination(work, target, block, single);
    const products = productsOf(work, a, b, rows * terms, single);
    const rights = parts(work, b, terms * Math.min(stagedColumns, n), single);
    gemm(work, { m, n, k }, products, rights, destination, single, onFraction);
  } finally {
    work.free();
  }
  onFraction(1);
  return result;
}
