import { addRow, at, divide, type Planes, put } from "./planes.ts";

export interface Triangle {
  /** Lower or upper; the other half is not read. */
  readonly lower: boolean;
  /** The diagonal is taken for ones. */
  readonly unit: boolean;
}

/** X of T · X = B in place of B, by substitution. A zero on the diagonal gives infinities, as division does. */
export function solveTriangle(t: Planes, { lower, unit }: Triangle, b: Planes): void {
  const n = t.columns;
  for (let step = 0; step < n; step += 1) {
    const i = lower ? step : n - 1 - step;
    const first = lower ? 0 : i + 1;
    for (let k = first; k < first + step; k += 1) {
      const [re, im] = at(t, i, k);
      addRow(b, i, b, k, [-re, -im], 0, b.columns);
    }
    if (unit) continue;
    const pivot = at(t, i, i);
    for (let j = 0; j < b.columns; j += 1) put(b, i, j, divide(at(b, i, j), pivot));
  }
}
