import { type FloatingArray, zeros } from "@sluice/contract/array";
import ndarray from "ndarray";
import type { OnFraction } from "../../model/on-fraction.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { gemm, type Matrix } from "./gemm.ts";

export { gemmScratchBytes as matmulScratchBytes } from "./gemm.ts";

/** The real matrices a matrix is made of: [re] or [re, im]. */
function planes({ shape: [rows, columns], dtype, data }: FloatingArray): readonly Matrix[] {
  if (dtype !== "complex128") return [ndarray(data, [rows, columns], [columns, 1], 0)];
  return [0, 1].map((part) => ndarray(data, [rows, columns], [2 * columns, 2], part));
}

/**
 * a @ b for an m×k and a k×n matrix, in NumPy's result dtype. Sums are made in float64 and, for a
 * float32 result, rounded every 256 terms. A complex product is two or four real ones; unlike NumPy
 * a real factor is not widened first, so an infinity in the other one makes no NaN out of 0·∞.
 */
export function matmul(a: FloatingArray, b: FloatingArray, onFraction: OnFraction): FloatingArray {
  const [m, n] = [a.shape[0], b.shape[1]];
  const result = zeros({ shape: [m, n], dtype: resultDtype(a.dtype, b.dtype) });
  const [left, right, out] = [planes(a), planes(b), planes(result)];
  const products = left.flatMap((x, i) => right.map((y, j) => ({ x, y, parts: i + j })));
  for (const [index, { x, y, parts }] of products.entries()) {
    // i·i = -1: the product of the two imaginary parts is subtracted from the real one.
    const [sign, plane] = parts === 2 ? ([-1, 0] as const) : ([1, parts] as const);
    gemm(sign, x, y, out[plane], (fraction) => onFraction((index + fraction) / products.length));
  }
  onFraction(1);
  return result;
}
