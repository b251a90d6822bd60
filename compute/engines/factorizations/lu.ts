import { addRow, at, divide, type Planes, put, swapRows } from "./planes.ts";

const size = ([re, im]: readonly [number, number]): number => Math.abs(re) + Math.abs(im);

/**
 * Gaussian elimination with partial pivoting, in place: unit lower L below the diagonal, U on and above it.
 * Row k was swapped with row pivots[k] when its turn came. A column without a pivot is left as it is.
 */
export function eliminate(m: Planes, pivots: Int32Array): void {
  for (let k = 0; k < pivots.length; k += 1) {
    let [most, row] = [-1, k];
    for (let i = k; i < m.rows; i += 1) {
      const candidate = size(at(m, i, k));
      if (candidate <= most) continue;
      [most, row] = [candidate, i];
      // A NaN is the largest of all, so that it is seen by those after it.
      if (Number.isNaN(candidate)) break;
    }
    pivots[k] = row;
    if (row !== k) swapRows(m, k, row);
    if (most === 0) continue;
    const pivot = at(m, k, k);
    for (let i = k + 1; i < m.rows; i += 1) {
      const factor = divide(at(m, i, k), pivot);
      put(m, i, k, factor);
      addRow(m, i, m, k, [-factor[0], -factor[1]], k + 1, m.columns);
    }
  }
}
