import { addRow, at, type Planes, put } from "./planes.ts";

/**
 * U of UᴴU = A in place of the upper triangle of a Hermitian A; below the diagonal nothing is read or written.
 * @returns the first pivot that is not a positive finite number, where it stopped; -1 when there is none
 */
export function choleskyInPlace(m: Planes): number {
  const n = m.columns;
  for (let k = 0; k < n; k += 1) {
    const [pivot] = at(m, k, k);
    if (!(pivot > 0) || pivot === Number.POSITIVE_INFINITY) return k;
    const root = Math.sqrt(pivot);
    put(m, k, k, [root, 0]);
    for (let j = k + 1; j < n; j += 1) {
      const [re, im] = at(m, k, j);
      put(m, k, j, [re / root, im / root]);
    }
    for (let i = k + 1; i < n; i += 1) {
      const [re, im] = at(m, k, i);
      addRow(m, i, m, k, [-re, im], i, n);
    }
  }
  return -1;
}
