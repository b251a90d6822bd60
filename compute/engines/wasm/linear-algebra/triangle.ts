import type { FloatingArray } from "@sluice/contract/array";
import { square } from "../../../math/powers.ts";
import { solveTriangle as solvePlain, type Triangle } from "../../factorizations/triangle.ts";
import { blockSize } from "./blocks.ts";
import { type ExecutionContext, freePanel, lefts, loadPanel, partsFrom, storePanel } from "./panel.ts";
import { solveInPanel } from "./small.ts";
import { update } from "./update.ts";

/** X of T · X = B in place of B, rows by blocks: one product with all rows known so far, then a small triangle. */
export function solveTriangle(
  t: FloatingArray,
  triangle: Triangle,
  b: FloatingArray,
  lowerB: boolean,
  context: ExecutionContext,
): void {
  const [n, columns] = b.shape;
  if (n === 0 || columns === 0) return;
  const complex = b.dtype === "complex128";
  const block = blockSize(n, complex);
  const blocks = Math.ceil(n / block);
  for (let step = 0; step < blocks; step += 1) {
    const from = (triangle.lower ? step : blocks - 1 - step) * block;
    const to = Math.min(n, from + block);
    const rows = to - from;
    const known = triangle.lower ? { first: 0, count: from } : { first: to, count: n - to };
    if (known.count > 0) {
      const left = loadPanel(context, t, { row: from, column: known.first, rows, columns: known.count });
      update(
        context,
        { m: rows, n: lowerB ? from : columns, k: known.count },
        partsFrom(context, b, from, 0),
        lefts(context, left, 0, -1),
        partsFrom(context, b, known.first, 0),
        true,
      );
      freePanel(context, left);
    }
    const corner = loadPanel(context, t, { row: from, column: from, rows, columns: rows });
    const area = { row: from, column: 0, rows, columns: lowerB ? to : columns };
    const x = loadPanel(context, b, area);
    if (complex) solvePlain(corner, triangle, x);
    else solveInPanel(context, corner.address, rows, rows, triangle, x.address, area.columns, area.columns);
    storePanel(context, x, b, area);
    freePanel(context, x);
    freePanel(context, corner);
    context.onFraction(square((step + 1) / blocks));
  }
}
