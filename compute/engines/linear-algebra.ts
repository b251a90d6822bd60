import type { FloatingArray } from "@sluice/contract/array";
import type { Triangle } from "./factorizations/triangle.ts";

export type QrMode = "reduced" | "complete" | "r";
export type SvdVectors = "none" | "reduced" | "full";

export interface Lu {
  /** Unit lower L below the diagonal, U on and above it; a zero on U's diagonal where A is singular. */
  readonly lu: FloatingArray;
  /** Row k was swapped with row pivots[k] when its turn came. */
  readonly pivots: Int32Array;
}

/**
 * Matrix factorizations, each one plan step, of float64 and complex128 matrices and, where an array says so, of
 * float64 alone; float32 is widened. What they return is new, but for `solveTriangle`.
 */
export interface LinearAlgebra {
  /** P·A = L·U with partial pivoting, m×n. */
  lu(a: FloatingArray): Lu;
  /**
   * T · X = B in place of b, n×k and of t's dtype. The diagonal is divided by as it is, zeros too.
   * @param lowerB b is lower triangular itself and square: its zeros are not worked on. For a lower t.
   */
  solveTriangle(t: FloatingArray, triangle: Triangle, b: FloatingArray, lowerB?: boolean): void;
  /**
   * Lower L of A = L·Lᴴ or upper U of A = Uᴴ·U, zeros beyond it; reads that half of A alone.
   * @throws Problem not-positive-definite
   */
  cholesky(a: FloatingArray, upper: boolean): FloatingArray;
  /** A = Q·R by Householder reflections, with the signs of LAPACK. */
  qr(a: FloatingArray, mode: QrMode): { readonly q?: FloatingArray; readonly r: FloatingArray };
  /**
   * Rising eigenvalues and orthonormal eigenvectors in columns, of a finite real symmetric matrix of
   * which one half is read.
   * @throws Problem no-convergence
   */
  eigh(a: FloatingArray, lower: boolean): { readonly values: FloatingArray; readonly vectors: FloatingArray };
  /**
   * A = U·S·Vᵀ of a finite real matrix, singular values falling.
   * @throws Problem no-convergence
   */
  svd(
    a: FloatingArray,
    vectors: SvdVectors,
  ): { readonly u?: FloatingArray; readonly s: FloatingArray; readonly vh?: FloatingArray };
  /**
   * Eigenvalues and, if asked for, right eigenvectors of length 1 in columns, of a finite real square matrix; both
   * complex128.
   * @throws Problem no-convergence
   */
  eig(
    a: FloatingArray,
    vectors: boolean,
  ): { readonly values: FloatingArray; readonly vectors?: FloatingArray };
}
