import type { FloatingArray } from "@sluice/contract/array";
import { cube } from "../../../math/powers.ts";
import { eliminate } from "../../factorizations/lu.ts";
import { solveTriangle as solvePlain } from "../../factorizations/triangle.ts";
import type { Lu } from "../../linear-algebra.ts";
import { blockSize, widened } from "./blocks.ts";
import {
  type ExecutionContext,
  freePanel,
  lefts,
  loadPanel,
  type Panel,
  partsFrom,
  partsOf,
  storePanel,
} from "./panel.ts";
import { multiplySmall, solveInPanel } from "./small.ts";
import { update } from "./update.ts";

/** Columns eliminated one by one; wider panels are halved, so that most of their work is products. */
const narrow = 8;

/** Columns [from, to) of a real panel, recursively as Toledo (1997). */
function eliminateColumns(
  context: ExecutionContext,
  panel: Panel,
  from: number,
  to: number,
  pivots: number,
): void {
  const { address, stride, rows, columns } = panel;
  if (to - from <= narrow) {
    context.kernels.linearAlgebra.eliminate(address, stride, rows, columns, from, to, pivots);
    return;
  }
  const middle = from + Math.max(narrow, Math.floor((to - from) / 2 / narrow) * narrow);
  eliminateColumns(context, panel, from, middle, pivots);
  const at = (row: number, column: number) => address + 8 * (row * stride + column);
  const blockAt = (row: number, column: number) => ({ address: at(row, column), stride });
  const unitLower = { lower: true, unit: true };
  const width = to - middle;
  solveInPanel(context, at(from, from), stride, middle - from, unitLower, at(from, middle), stride, width);
  const extents = { m: rows - middle, n: width, k: middle - from };
  multiplySmall(context, extents, blockAt(middle, from), blockAt(from, middle), blockAt(middle, middle));
  eliminateColumns(context, panel, middle, to, pivots);
}

function eliminatePanel(context: ExecutionContext, panel: Panel, pivots: Int32Array): void {
  if (panel.im) {
    eliminate(panel, pivots);
    return;
  }
  const address = context.memory.scratch(4 * pivots.length);
  eliminateColumns(context, panel, 0, pivots.length, address);
  pivots.set(new Int32Array(context.memory.memory.buffer, address, pivots.length));
  context.memory.freeScratch(address);
}

/** Swaps two rows of an array between two columns. */
function swapRows(
  context: ExecutionContext,
  { data, shape, dtype }: FloatingArray,
  rows: readonly [number, number],
  columns: readonly [number, number],
) {
  const numbers = dtype === "complex128" ? 2 : 1;
  const [one, other] = rows.map((row) => (row * shape[1] + columns[0]) * numbers);
  const count = (columns[1] - columns[0]) * numbers;
  const base = context.memory.addressOf(data);
  if (base !== undefined) {
    context.kernels.linearAlgebra.swapRows(base + 8 * one, base + 8 * other, count);
    return;
  }
  const kept = data.slice(one, one + count);
  data.copyWithin(one, other, other + count);
  data.set(kept, other);
}

/**
 * P·A = L·U by blocks of columns: a block is eliminated in a compact copy, what lies right of it then takes one
 * product. Where A lies changes no bit.
 */
export function lu(a: FloatingArray, context: ExecutionContext): Lu {
  const [m, n] = a.shape;
  const packed = widened(a, context);
  const complex = packed.dtype === "complex128";
  const least = Math.min(m, n);
  const pivots = new Int32Array(least);
  const block = blockSize(least, complex);
  for (let from = 0; from < least; from += block) {
    const to = Math.min(least, from + block);
    const area = { row: from, column: from, rows: m - from, columns: to - from };
    const panel = loadPanel(context, packed, area);
    const own = pivots.subarray(from, to);
    eliminatePanel(context, panel, own);
    storePanel(context, panel, packed, area);
    for (let k = from; k < to; k += 1) {
      pivots[k] += from;
      if (pivots[k] === k) continue;
      swapRows(context, packed, [k, pivots[k]], [0, from]);
      swapRows(context, packed, [k, pivots[k]], [to, n]);
    }
    if (to < n) {
      const beside = { row: from, column: to, rows: to - from, columns: n - to };
      const right = loadPanel(context, packed, beside);
      const triangle = { lower: true, unit: true };
      if (complex) solvePlain({ ...panel, rows: to - from }, triangle, right);
      else
        solveInPanel(
          context,
          panel.address,
          panel.stride,
          to - from,
          triangle,
          right.address,
          right.stride,
          n - to,
        );
      storePanel(context, right, packed, beside);
      const extents = { m: m - to, n: n - to, k: to - from };
      const left = lefts(context, panel, to - from, -1);
      update(context, extents, partsFrom(context, packed, to, to), left, partsOf(right), true);
      freePanel(context, right);
    }
    freePanel(context, panel);
    // What is left is a cube of a side that shrinks.
    context.onFraction(1 - cube(1 - to / least));
  }
  return { lu: packed, pivots };
}
