import { addRow, at, type Complex, divide, newPlanes, type Planes, put } from "./planes.ts";
import { negligibleSquare } from "./range-scale.ts";

/** Σ |m[i][k]|² over rows i > k. */
function squareBelow(m: Planes, k: number): number {
  let sum = 0;
  for (let i = k + 1; i < m.rows; i += 1) {
    const [re, im] = at(m, i, k);
    sum += re * re + im * im;
  }
  return sum;
}

/**
 * Householder reflections of the columns of a matrix, in place, as LAPACK's zgeqr2: R on and above the diagonal,
 * its diagonal real; below it the reflectors v (their first element is 1), with H = 1 - tau·v·vᴴ and
 * Hᴴ applied. Squares must neither overflow nor underflow.
 * @returns tau as a row
 */
export function reflectColumns(m: Planes): Planes {
  const count = Math.min(m.rows, m.columns);
  const taus = newPlanes(1, count, m.im !== undefined);
  const work = newPlanes(1, m.columns, m.im !== undefined);
  for (let k = 0; k < count; k += 1) {
    const square = squareBelow(m, k);
    const [re, im] = at(m, k, k);
    const total = re * re + im * im + square;
    if ((square === 0 && im === 0) || total < negligibleSquare) continue;
    const norm = Math.sqrt(total);
    const beta = re < 0 || Object.is(re, -0) ? norm : -norm;
    const tau: Complex = [(beta - re) / beta, -im / beta];
    put(taus, 0, k, tau);
    for (let i = k + 1; i < m.rows; i += 1) put(m, i, k, divide(at(m, i, k), [re - beta, im]));
    put(m, k, k, [beta, 0]);
    reflectRows(m, k, [tau[0], -tau[1]], m, k + 1, work);
  }
  return taus;
}

/** Rows k and below of `target` become (1 - tau·v·vᴴ) times themselves, from a column on; v is column k of `v`. */
function reflectRows(
  v: Planes,
  k: number,
  [f, g]: Complex,
  target: Planes,
  first: number,
  work: Planes,
): void {
  const end = target.columns;
  work.re.fill(0);
  work.im?.fill(0);
  addRow(work, 0, target, k, [1, 0], first, end);
  for (let i = k + 1; i < v.rows; i += 1) {
    const [re, im] = at(v, i, k);
    addRow(work, 0, target, i, [re, -im], first, end);
  }
  addRow(target, k, work, 0, [-f, -g], first, end);
  for (let i = k + 1; i < v.rows; i += 1) {
    const [re, im] = at(v, i, k);
    addRow(target, i, work, 0, [g * im - f * re, -(f * im + g * re)], first, end);
  }
}

/** The reflections of `m`, first to last, times `target`, in place: Q · target. */
export function applyReflections(m: Planes, taus: Planes, target: Planes): void {
  const work = newPlanes(1, target.columns, m.im !== undefined);
  for (let k = taus.columns - 1; k >= 0; k -= 1) reflectRows(m, k, at(taus, 0, k), target, 0, work);
}
