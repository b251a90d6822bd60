import type { ArraySpec, DenseArray } from "@sluice/contract/array";
import type { QrMode } from "../../../engines/linear-algebra.ts";
import { release } from "../../../engines/release.ts";
import { call, inWorkspace } from "./call.ts";
import { byColumns, type Place, resultIn, temporary, turn, widthOf } from "./place.ts";

/** R by rows, of reflections by columns of m rows: their first ones, zeros below the diagonal. */
function upperOf(columns: DenseArray, rows: number, place: Place): DenseArray {
  const [n, m] = columns.shape;
  const { dtype } = columns;
  const r = resultIn(place, { shape: [rows, n], dtype });
  turn(place, columns, [n, rows], m, r);
  const width = widthOf(r);
  for (let i = 1; i < rows; i += 1) r.data.fill(0, i * n * width, (i * n + Math.min(i, n)) * width);
  return r;
}

/** By geqrf, and Q by orgqr in the place of the reflections where it fits there. */
export function qr(a: DenseArray, mode: QrMode, place: Place): { q?: DenseArray; r: DenseArray } {
  const { blas } = place;
  const [m, n] = a.shape;
  const least = Math.min(m, n);
  let columns = byColumns(place, a);
  const { dtype } = columns;
  const width = widthOf(columns);
  const [geqrf, orgqr] = width === 2 ? [blas.zgeqrf, blas.zungqr] : [blas.dgeqrf, blas.dorgqr];
  const taus = new Float64Array(least * width);
  const worked = (make: Parameters<typeof inWorkspace>[1]) => inWorkspace(place, make, width);
  worked((work, length) => call(place, geqrf, "", [m, n, columns.data, m, taus, work, length]));
  const size = mode === "complete" ? m : least;
  const r = upperOf(columns, size, place);
  if (mode === "r") {
    release(columns);
    return { r };
  }
  if (size > n) {
    const wider = temporary(place, { shape: [size, m], dtype });
    wider.data.set(columns.data);
    release(columns);
    columns = wider;
  }
  worked((work, length) => call(place, orgqr, "", [m, size, least, columns.data, m, taus, work, length]));
  const spec: ArraySpec = { shape: [m, size], dtype };
  const q = resultIn(place, spec);
  turn(place, columns, [size, m], m, q);
  release(columns);
  return { q, r };
}
