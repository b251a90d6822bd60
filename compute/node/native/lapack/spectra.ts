import type { FloatingArray } from "@sluice/contract/array";
import { noConvergence } from "../../../engines/factorizations/no-convergence.ts";
import { complexValues, complexVectors } from "../../../engines/factorizations/spectral-methods.ts";
import type { SvdVectors } from "../../../engines/linear-algebra.ts";
import { release } from "../../../engines/release.ts";
import { call, integers, inWorkspace } from "./call.ts";
import { byColumns, copyOf, type LapackContext, resultIn, temporary, turn } from "./context.ts";

/**
 * By syevd, divide and conquer. The lower half by rows is the upper one by columns, and the other way round.
 * @throws Problem no-convergence
 */
export function eigh(a: FloatingArray, lower: boolean, context: LapackContext) {
  const [n] = a.shape;
  const columns = copyOf(context, a);
  const values = resultIn(context, { shape: [n], dtype: "float64" });
  const whole = integers(context.blas, 5 * n + 3);
  const info = inWorkspace(context, (work, length) =>
    call(context, context.blas.dsyevd, lower ? "VU" : "VL", [
      ...[n, columns.data, n, values.data, work, length],
      ...[whole, length === -1 ? -1 : whole.length],
    ]),
  );
  // It names the block, by its first row · (n + 1) + its last row.
  if (info > 0) throw noConvergence("eigenvalue", info % (n + 1), n);
  const vectors = resultIn(context, columns);
  turn(context, columns, [n, n], n, vectors);
  release(columns);
  return { values, vectors };
}

/**
 * By gesdd, divide and conquer. Of Aᵀ = V·S·Uᵀ, which is A by columns: its V by columns is Vᵀ by rows, its Uᵀ is U.
 * @throws Problem no-convergence
 */
export function svd(a: FloatingArray, vectors: SvdVectors, context: LapackContext) {
  const [m, n] = a.shape;
  const least = Math.min(m, n);
  const columns = copyOf(context, a);
  const result = (...shape: number[]) => resultIn(context, { shape, dtype: "float64" });
  const s = result(least);
  const [rows, width] = vectors === "full" ? [n, m] : [least, least];
  const both = vectors === "none" ? undefined : { u: result(m, width), vh: result(rows, n) };
  const nothing = new Float64Array(1);
  const whole = integers(context.blas, 8 * least);
  const letter = { none: "N", reduced: "S", full: "A" }[vectors];
  const info = inWorkspace(context, (work, length) =>
    call(context, context.blas.dgesdd, letter, [
      ...[n, m, columns.data, n, s.data],
      ...(both ? [both.vh.data, n, both.u.data, width] : [nothing, 1, nothing, 1]),
      ...[work, length, whole],
    ]),
  );
  release(columns);
  if (info > 0) throw noConvergence("singular value", info, least);
  return both ? { s, ...both } : { s };
}

/**
 * By geev.
 * @throws Problem no-convergence
 */
export function eig(a: FloatingArray, wanted: boolean, context: LapackContext) {
  const [n] = a.shape;
  // Not the left vectors of Aᵀ, which are the right ones of A: turned, everything is in NumPy's order, for 1 %.
  const columns = byColumns(context, a);
  const spectrum = { re: new Float64Array(n), im: new Float64Array(n) };
  const make = (spec: Parameters<typeof resultIn>[1]) => resultIn(context, spec);
  const found = wanted ? temporary(context, columns) : undefined;
  const nothing = new Float64Array(1);
  const info = inWorkspace(context, (work, length) =>
    call(context, context.blas.dgeev, wanted ? "NV" : "NN", [
      ...[n, columns.data, n, spectrum.re, spectrum.im, nothing, 1],
      ...[found?.data ?? nothing, found ? n : 1, work, length],
    ]),
  );
  if (info > 0) throw noConvergence("eigenvalue", info, n);
  const values = complexValues(spectrum, make);
  if (!found) {
    release(columns);
    return { values };
  }
  // What columns held is worked up.
  turn(context, found, [n, n], n, columns);
  release(found);
  const vectors = complexVectors(columns, spectrum.im, make);
  release(columns);
  return { values, vectors };
}
