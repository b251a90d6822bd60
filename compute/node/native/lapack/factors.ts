import type { FloatingArray } from "@sluice/contract/array";
import type { Triangle } from "../../../engines/factorizations/triangle.ts";
import type { Lu } from "../../../engines/linear-algebra.ts";
import { notPositiveDefinite } from "../../../engines/not-positive-definite.ts";
import { release } from "../../../engines/release.ts";
import { widened } from "../../../model/linear-algebra-steps.ts";
import { anyDiagonal, asItIs, fromLeft, lowerHalf, rowMajor, unitDiagonal, upperHalf } from "../openblas.ts";
import { call, integers } from "./call.ts";
import { byColumns, type LapackContext, resultIn, turn, widthOf } from "./context.ts";

/** By getrf. */
export function lu(a: FloatingArray, context: LapackContext): Lu {
  const { blas } = context;
  const [m, n] = a.shape;
  const columns = byColumns(context, a);
  const swaps = integers(blas, Math.min(m, n));
  const getrf = widthOf(columns) === 2 ? blas.zgetrf : blas.dgetrf;
  // Its info is the first zero pivot; a caller that needs the inverse finds it in U.
  call(context, getrf, "", [m, n, columns.data, m, swaps]);
  const result = resultIn(context, widened(a));
  turn(context, columns, [n, m], m, result);
  release(columns);
  return { lu: result, pivots: Int32Array.from({ length: swaps.length }, (_, k) => Number(swaps[k]) - 1) };
}

/** What A's reading half is, beside zeros. */
function halfOf(a: FloatingArray, upper: boolean, context: LapackContext): FloatingArray {
  const [n] = a.shape;
  const half = resultIn(context, widened(a));
  const width = widthOf(half);
  for (let i = 0; i < n; i += 1) {
    const [start, diagonal, end] = [i * n * width, (i * n + i) * width, (i + 1) * n * width];
    const [from, to] = upper ? [diagonal, end] : [start, diagonal + width];
    half.data.set(a.data.subarray(from, to), from);
    if (upper) half.data.fill(0, start, from);
    else half.data.fill(0, to, end);
  }
  return half;
}

/**
 * By potrf. The lower half by rows is the upper one by columns, of Aᵀ = UᴴU: L is U's transpose, which is how it
 * lies there.
 * @throws Problem not-positive-definite
 */
export function cholesky(a: FloatingArray, upper: boolean, context: LapackContext): FloatingArray {
  const { blas } = context;
  const [n] = a.shape;
  const result = halfOf(a, upper, context);
  const width = widthOf(result);
  const info = call(context, width === 2 ? blas.zpotrf : blas.dpotrf, upper ? "L" : "U", [n, result.data, n]);
  if (info > 0) throw notPositiveDefinite(info);
  // OpenBLAS takes the square root of a NaN for one of a positive number.
  for (let k = 0; k < n; k += 1) {
    if (Number.isNaN(result.data[k * (n + 1) * width])) throw notPositiveDefinite(k + 1);
  }
  return result;
}

/** Columns of the right side that one call solves: at n = 4096 34 GFLOP, one second. */
const mostColumns = 2048;
/** Of a lower triangle, whose zeros above each block are left out. */
const lowerColumns = 256;
const one = Float64Array.of(1, 0);

/** By trsm. */
export function solveTriangle(
  t: FloatingArray,
  { lower, unit }: Triangle,
  b: FloatingArray,
  lowerB: boolean,
  { blas }: LapackContext,
): void {
  const [n, columns] = b.shape;
  const stride = t.shape[1];
  const width = widthOf(t);
  const block = lowerB ? lowerColumns : mostColumns;
  const shape = [rowMajor, fromLeft, lower ? lowerHalf : upperHalf, asItIs] as const;
  const diagonal = unit ? unitDiagonal : anyDiagonal;
  for (let from = 0; from < columns; from += block) {
    const row = lowerB ? from : 0;
    const extents = [n - row, Math.min(block, columns - from)] as const;
    const corner = t.data.subarray(row * (stride + 1) * width);
    const right = b.data.subarray((row * columns + from) * width);
    if (width === 2) blas.ztrsm(...shape, diagonal, ...extents, one, corner, stride, right, columns);
    else blas.dtrsm(...shape, diagonal, ...extents, 1, corner, stride, right, columns);
  }
}
