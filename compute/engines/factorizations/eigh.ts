import type { FloatingArray } from "@sluice/contract/array";
import { rangeScale } from "./range-scale.ts";
import { type SpectralKit, transposeInPlace } from "./spectral-kit.ts";
import { implicitQl } from "./symmetric-ql.ts";
import { tridiagonalise } from "./tridiagonal.ts";

export interface Eigh {
  /** Rising. */
  readonly values: Float64Array;
  /** In columns. */
  readonly vectors: FloatingArray;
}

/** The named half of a symmetric matrix as a lower one, times a factor. */
function lowerHalf(a: FloatingArray, lower: boolean, factor: number, kit: SpectralKit): FloatingArray {
  const [n] = a.shape;
  const copy = kit.matrix(n, n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) copy.data[i * n + j] = factor * a.data[lower ? i * n + j : j * n + i];
  }
  return copy;
}

/**
 * Eigenvalues and orthonormal eigenvectors of a real symmetric matrix, of which one half is read:
 * Householder to tridiagonal, implicit QL, reflections back.
 * @throws Problem no-convergence
 */
export function eigh(a: FloatingArray, lower: boolean, kit: SpectralKit): Eigh {
  const [n] = a.shape;
  const scale = rangeScale(a.data);
  const work = lowerHalf(a, lower, scale, kit);
  const { diagonal, beside, taus } = tridiagonalise(work, (done) => kit.onFraction(0.4 * done));
  const z = kit.matrix(n, n);
  for (let i = 0; i < n; i += 1) z.data[i * n + i] = 1;
  implicitQl(diagonal, beside, z, { ...kit, onFraction: (done) => kit.onFraction(0.4 + 0.5 * done) });
  const order = sorted(diagonal, (one, other) => one - other);
  const values = Float64Array.from(order, (index) => diagonal[index] / scale);
  permuteRows(z, order);
  transposeInPlace(z);
  kit.applyReflections(work, taus, 1, z);
  kit.release(work);
  return { values, vectors: z };
}

/** Indices in the order of their values. */
export function sorted(values: Float64Array, compare: (one: number, other: number) => number): Int32Array {
  const order = Int32Array.from({ length: values.length }, (_, index) => index);
  return order.sort((one, other) => compare(values[one], values[other]) || one - other);
}

/** Row i becomes what row order[i] was. */
export function permuteRows({ data, shape: [, columns] }: FloatingArray, order: Int32Array): void {
  const done = new Uint8Array(order.length);
  for (let start = 0; start < order.length; start += 1) {
    if (done[start] || order[start] === start) continue;
    const kept = data.slice(start * columns, (start + 1) * columns);
    let row = start;
    for (; order[row] !== start; row = order[row]) {
      const from = order[row] * columns;
      data.copyWithin(row * columns, from, from + columns);
      done[row] = 1;
    }
    data.set(kept, row * columns);
    done[row] = 1;
  }
}
