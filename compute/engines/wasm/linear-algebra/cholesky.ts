import type { DenseArray } from "@sluice/contract/array";
import { choleskyInPlace } from "../../../linear-algebra/cholesky.ts";
import type { Area } from "../../../linear-algebra/planes.ts";
import { solveTriangle as solvePlain } from "../../../linear-algebra/triangle.ts";
import { notPositiveDefinite } from "../../not-positive-definite.ts";
import { blockSize } from "./blocks.ts";
import {
  type Floor,
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
import { solveInPanel } from "./small.ts";
import { update } from "./update.ts";

/** The first `rows` columns of a block of rows become U, the rest U⁻ᴴ times itself; where it failed, or -1. */
function factorRows(floor: Floor, panel: Panel): number {
  const { rows, columns, stride, address } = panel;
  const complex = panel.im !== undefined;
  const corner = { ...panel, columns: rows };
  const failed = complex
    ? choleskyInPlace(corner)
    : floor.kernels.linearAlgebra.choleskyBlock(address, stride, rows);
  if (failed >= 0) return failed;
  const lower = newPanel(floor, rows, rows, complex);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < rows; j += 1) {
      const [to, from] = [i * rows + j, j * stride + i];
      lower.re[to] = panel.re[from];
      if (lower.im && panel.im) lower.im[to] = -panel.im[from];
    }
  }
  const triangle = { lower: true, unit: false };
  const rest = columns - rows;
  const right = { ...panel, re: panel.re.subarray(rows), im: panel.im?.subarray(rows), columns: rest };
  if (complex) solvePlain(lower, triangle, right);
  else solveInPanel(floor, lower.address, rows, rows, triangle, address + 8 * rows, stride, rest);
  freePanel(floor, lower);
  for (let i = 0; i < rows; i += 1) {
    panel.re.fill(0, i * stride, i * stride + i);
    panel.im?.fill(0, i * stride, i * stride + i);
  }
  return -1;
}

/** Tiles of the conjugate transpose, so that either side of a move stays in cache. */
const tile = 16;

/** L = Uᴴ in place of U. */
function adjointInPlace({ data, shape: [n], dtype }: DenseArray): void {
  const step = dtype === "complex128" ? 2 : 1;
  const move = (i: number, j: number): void => {
    const [from, to] = [(i * n + j) * step, (j * n + i) * step];
    data[to] = data[from];
    data[from] = 0;
    if (step === 1) return;
    data[to + 1] = -data[from + 1];
    data[from + 1] = 0;
  };
  for (let top = 0; top < n; top += tile) {
    for (let left = top; left < n; left += tile) {
      for (let i = top; i < Math.min(n, top + tile); i += 1) {
        for (let j = Math.max(i + 1, left); j < Math.min(n, left + tile); j += 1) move(i, j);
      }
    }
  }
}

/**
 * A = UᴴU by blocks of rows: a block takes one product with all rows above it, then is factored by itself. The
 * lower half is its mirror.
 * @throws Problem not-positive-definite
 */
export function cholesky(a: DenseArray, upper: boolean, floor: Floor): DenseArray {
  const n = a.shape[0];
  const complex = a.dtype === "complex128";
  const result = floor.memory.array({ shape: [n, n], dtype: complex ? "complex128" : "float64" });
  const block = blockSize(complex);
  for (let from = 0; from < n; from += block) {
    const rows = Math.min(block, n - from);
    const area: Area = { row: from, column: from, rows, columns: n - from };
    const panel = (upper ? loadPanel : loadAdjointPanel)(floor, a, area);
    if (from > 0) {
      const above = loadAdjointPanel(floor, result, { row: from, column: 0, rows, columns: from });
      const extents = { m: rows, n: area.columns, k: from };
      const left = lefts(floor, above, 0, -1);
      update(floor, extents, partsOf(panel), left, partsFrom(floor, result, 0, from), true);
      freePanel(floor, above);
    }
    const failed = factorRows(floor, panel);
    if (failed >= 0) throw notPositiveDefinite(from + failed + 1);
    storePanel(floor, panel, result, area);
    freePanel(floor, panel);
    const left = 1 - (from + rows) / n;
    floor.onFraction(1 - left ** 2 * (3 - 2 * left));
  }
  if (!upper) adjointInPlace(result);
  return result;
}
