import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import type { QrMode } from "../../../engines/linear-algebra.ts";
import { release } from "../../../engines/release.ts";
import { call, inWorkspace } from "./call.ts";
import { byColumns, type LapackContext, resultIn, temporary, turn, widthOf } from "./context.ts";

/** R by rows, of reflections by columns of m rows: their first ones, zeros below the diagonal. */
function upperOf(columns: FloatingArray, rows: number, context: LapackContext): FloatingArray {
  const [n, m] = columns.shape;
  const { dtype } = columns;
  const r = resultIn(context, { shape: [rows, n], dtype });
  turn(context, columns, [n, rows], m, r);
  const width = widthOf(r);
  for (let i = 1; i < rows; i += 1) r.data.fill(0, i * n * width, (i * n + Math.min(i, n)) * width);
  return r;
}

/** By geqrf, and Q by orgqr in the place of the reflections where it fits there. */
export function qr(
  a: FloatingArray,
  mode: QrMode,
  context: LapackContext,
): { q?: FloatingArray; r: FloatingArray } {
  const { blas } = context;
  const [m, n] = a.shape;
  const least = Math.min(m, n);
  let columns = byColumns(context, a);
  const { dtype } = columns;
  const width = widthOf(columns);
  const [geqrf, orgqr] = width === 2 ? [blas.zgeqrf, blas.zungqr] : [blas.dgeqrf, blas.dorgqr];
  const taus = new Float64Array(least * width);
  const worked = (make: Parameters<typeof inWorkspace>[1]) => inWorkspace(context, make, width);
  worked((work, length) => call(context, geqrf, "", [m, n, columns.data, m, taus, work, length]));
  const size = mode === "complete" ? m : least;
  const r = upperOf(columns, size, context);
  if (mode === "r") {
    release(columns);
    return { r };
  }
  if (size > n) {
    const wider = temporary(context, { shape: [size, m], dtype });
    wider.data.set(columns.data);
    release(columns);
    columns = wider;
  }
  worked((work, length) => call(context, orgqr, "", [m, size, least, columns.data, m, taus, work, length]));
  const spec: FloatingSpec = { shape: [m, size], dtype };
  const q = resultIn(context, spec);
  turn(context, columns, [size, m], m, q);
  release(columns);
  return { q, r };
}
