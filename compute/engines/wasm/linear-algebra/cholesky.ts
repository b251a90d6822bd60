import type { FloatingArray } from "@sluice/contract/array";
import { square } from "../../../math/powers.ts";
import { choleskyInPlace } from "../../factorizations/cholesky.ts";
import type { Area } from "../../factorizations/planes.ts";
import { solveTriangle as solvePlain } from "../../factorizations/triangle.ts";
import { notPositiveDefinite } from "../../not-positive-definite.ts";
import { blockSize } from "./blocks.ts";
import {
  adjointOf,
  type ExecutionContext,
  freePanel,
  lefts,
  loadAdjointPanel,
  loadPanel,
  newPanel,
  type Panel,
  partsFrom,
  partsOf,
  storePanel,
} from "./panel.ts";
import { multiplySmall, solveInPanel } from "./small.ts";
import { update } from "./update.ts";

/** Columns factored one by one; wider corners are halved. */
const narrow = 32;

/** Rows and columns [from, to) of a real corner, recursively; where it failed, or -1. */
function factorCorner(context: ExecutionContext, corner: Panel, from: number, to: number): number {
  const { address, stride } = corner;
  const { choleskyBlock, transpose } = context.kernels.linearAlgebra;
  const at = (row: number, column: number) => address + 8 * (row * stride + column);
  if (to - from <= narrow) {
    const failed = choleskyBlock(at(from, from), stride, to - from);
    return failed < 0 ? failed : from + failed;
  }
  const middle = from + Math.max(narrow, Math.floor((to - from) / 2 / narrow) * narrow);
  const [above, rest] = [middle - from, to - middle];
  const failed = factorCorner(context, corner, from, middle);
  if (failed >= 0) return failed;
  const lower = newPanel(context, Math.max(above, rest), above, false);
  transpose(at(from, from), stride, above, above, 1, lower.address, above);
  const triangle = { lower: true, unit: false };
  solveInPanel(context, lower.address, above, above, triangle, at(from, middle), stride, rest);
  transpose(at(from, middle), stride, above, rest, 1, lower.address, above);
  const left = { address: lower.address, stride: above };
  const right = { address: at(from, middle), stride };
  const extents = { m: rest, n: rest, k: above };
  multiplySmall(context, extents, left, right, { address: at(middle, middle), stride });
  freePanel(context, lower);
  return factorCorner(context, corner, middle, to);
}

/** The first `rows` columns of a block of rows become U, the rest U⁻ᴴ times itself; where it failed, or -1. */
function factorRows(context: ExecutionContext, panel: Panel): number {
  const { rows, columns, stride, address } = panel;
  const complex = panel.im !== undefined;
  const corner = { ...panel, columns: rows };
  const failed = complex ? choleskyInPlace(corner) : factorCorner(context, corner, 0, rows);
  if (failed >= 0) return failed;
  const rest = columns - rows;
  if (rest > 0) {
    const lower = adjointOf(context, corner);
    const triangle = { lower: true, unit: false };
    const right = { ...panel, re: panel.re.subarray(rows), im: panel.im?.subarray(rows), columns: rest };
    if (complex) solvePlain(lower, triangle, right);
    else solveInPanel(context, lower.address, rows, rows, triangle, address + 8 * rows, stride, rest);
    freePanel(context, lower);
  }
  for (let i = 0; i < rows; i += 1) {
    panel.re.fill(0, i * stride, i * stride + i);
    panel.im?.fill(0, i * stride, i * stride + i);
  }
  return -1;
}

/** Zeros above the diagonal. */
function clearUpper({ data, shape: [n], dtype }: FloatingArray): void {
  const step = dtype === "complex128" ? 2 : 1;
  for (let i = 0; i < n; i += 1) data.fill(0, (i * n + i + 1) * step, (i + 1) * n * step);
}

/**
 * A = UᴴU by blocks of rows: a block takes one product with all rows above it, then is factored by itself. L is
 * stored beside it, in the other half.
 * @throws Problem not-positive-definite
 */
export function cholesky(a: FloatingArray, upper: boolean, context: ExecutionContext): FloatingArray {
  const n = a.shape[0];
  const complex = a.dtype === "complex128";
  const result = context.memory.array({ shape: [n, n], dtype: complex ? "complex128" : "float64" });
  const block = blockSize(n, complex);
  for (let from = 0; from < n; from += block) {
    const rows = Math.min(block, n - from);
    const area: Area = { row: from, column: from, rows, columns: n - from };
    const panel = (upper ? loadPanel : loadAdjointPanel)(context, a, area);
    if (from > 0) {
      const above = loadAdjointPanel(context, result, { row: from, column: 0, rows, columns: from });
      const extents = { m: rows, n: area.columns, k: from };
      const left = lefts(context, above, 0, -1);
      update(context, extents, partsOf(panel), left, partsFrom(context, result, 0, from), true);
      freePanel(context, above);
    }
    const failed = factorRows(context, panel);
    if (failed >= 0) throw notPositiveDefinite(from + failed + 1);
    storePanel(context, panel, result, area);
    if (!upper) {
      const mirrored = adjointOf(context, panel);
      storePanel(context, mirrored, result, { ...area, rows: area.columns, columns: rows });
      freePanel(context, mirrored);
    }
    freePanel(context, panel);
    const left = 1 - (from + rows) / n;
    context.onFraction(1 - square(left) * (3 - 2 * left));
  }
  if (!upper) clearUpper(result);
  return result;
}
