import type { FloatingArray } from "@sluice/contract/array";
import { reflectColumns } from "../../factorizations/householder.ts";
import { newPlanes, type Planes } from "../../factorizations/planes.ts";
import {
  adjointOf,
  type ExecutionContext,
  freePanel,
  lefts,
  loadPanel,
  newPanel,
  type Panel,
  partsFrom,
  partsOf,
} from "./panel.ts";
import { update } from "./update.ts";

/** Columns reflected one by one before the rest takes them all at once. */
export const reflectedColumns = 32;

/** Reflections of the columns of a panel, in place; tau as a row. */
export function reflectPanel(context: ExecutionContext, panel: Panel): Planes {
  if (panel.im) return reflectColumns(panel);
  const { address, stride, rows, columns } = panel;
  const count = Math.min(rows, columns);
  const work = newPanel(context, 2, columns, false);
  const tau = work.address;
  context.kernels.linearAlgebra.reflect(address, stride, rows, 0, count, tau, tau + 8 * columns);
  const taus = { re: work.re.slice(0, count), im: undefined, rows: 1, columns: count, stride: count };
  freePanel(context, work);
  return taus;
}

/** Leaves the reflectors alone in a panel: ones on the diagonal, zeros above. */
export function keepReflectors({ re, im, rows, columns, stride }: Panel): void {
  for (let i = 0; i < Math.min(rows, columns); i += 1) {
    re.fill(0, i * stride + i, i * stride + columns);
    im?.fill(0, i * stride + i, i * stride + columns);
    re[i * stride + i] = 1;
  }
}

/** T of H₁·H₂ ⋯ = 1 - V·T·Vᴴ, upper triangular, from VᴴV and tau, as LAPACK's larft. */
function triangleOf(gram: Planes, taus: Planes): Planes {
  const n = taus.columns;
  const t = newPlanes(n, n, taus.im !== undefined);
  for (let j = 0; j < n; j += 1) {
    const [f, g] = [taus.re[j], taus.im?.[j] ?? 0];
    t.re[j * n + j] = f;
    if (t.im) t.im[j * n + j] = g;
    for (let i = 0; i < j; i += 1) {
      let [re, im] = [0, 0];
      for (let k = i; k < j; k += 1) {
        const [p, q] = [t.re[i * n + k], t.im?.[i * n + k] ?? 0];
        const [x, y] = [gram.re[k * gram.stride + j], gram.im?.[k * gram.stride + j] ?? 0];
        re += p * x - q * y;
        im += p * y + q * x;
      }
      t.re[i * n + j] = -(f * re - g * im);
      if (t.im) t.im[i * n + j] = -(f * im + g * re);
    }
  }
  return t;
}

/** T of the reflectors of a panel. */
export function triangleFor(context: ExecutionContext, reflectors: Panel, taus: Planes): Planes {
  const { rows, columns: k } = reflectors;
  const mirrored = adjointOf(context, reflectors);
  const gram = newPanel(context, k, k, reflectors.im !== undefined);
  const extents = { m: k, n: k, k: rows };
  update(context, extents, partsOf(gram), lefts(context, mirrored, 0, 1), partsOf(reflectors), false);
  const t = triangleOf(gram, taus);
  freePanel(context, gram);
  freePanel(context, mirrored);
  return t;
}

/**
 * Rows `row` … of an array, from a column on, become (1 - V·T·Vᴴ) times themselves, or with Tᴴ. `reflectors` is V, in
 * a panel that does not hold it afterwards.
 */
export function applyPanel(
  context: ExecutionContext,
  reflectors: Panel,
  t: Planes,
  adjoint: boolean,
  target: FloatingArray,
  row: number,
  column: number,
): void {
  const n = target.shape[1] - column;
  if (n === 0) return;
  const { rows, columns: k } = reflectors;
  const complex = reflectors.im !== undefined;
  const area = partsFrom(context, target, row, column);
  const mirrored = adjointOf(context, reflectors);
  const inner = newPanel(context, k, n, complex);
  update(context, { m: k, n, k: rows }, partsOf(inner), lefts(context, mirrored, 0, 1), area, false);
  freePanel(context, mirrored);
  const small = newPanel(context, k, k, complex);
  for (let i = 0; i < k; i += 1) {
    for (let j = 0; j < k; j += 1) {
      const from = adjoint ? j * k + i : i * k + j;
      small.re[i * k + j] = t.re[from];
      if (small.im && t.im) small.im[i * k + j] = adjoint ? -t.im[from] : t.im[from];
    }
  }
  const weighted = newPanel(context, k, n, complex);
  update(context, { m: k, n, k }, partsOf(weighted), lefts(context, small, 0, 1), partsOf(inner), false);
  update(context, { m: rows, n, k }, area, lefts(context, reflectors, 0, -1), partsOf(weighted), true);
  for (const used of [small, inner, weighted]) freePanel(context, used);
}

/**
 * `target` becomes Q · target, where reflector k of `count` is column k of `work` below row k + offset. Blocks from the
 * last to the first.
 * @param triangle T of a block, by its reflectors and its number
 * @param isIdentity so that its columns left of a block's first row are still those of the identity
 */
export function applyReflectors(
  context: ExecutionContext,
  work: FloatingArray,
  triangle: (reflectors: Panel, index: number) => Planes,
  count: number,
  offset: number,
  target: FloatingArray,
  isIdentity: boolean,
): void {
  const blocks = Math.ceil(count / reflectedColumns);
  for (let index = blocks - 1; index >= 0; index -= 1) {
    const column = index * reflectedColumns;
    const row = column + offset;
    const columns = Math.min(reflectedColumns, count - column);
    const panel = loadPanel(context, work, { row, column, rows: work.shape[0] - row, columns });
    keepReflectors(panel);
    applyPanel(context, panel, triangle(panel, index), false, target, row, isIdentity ? row : 0);
    freePanel(context, panel);
    context.onFraction(1 - index / blocks);
  }
}
