import type { FloatingArray } from "@sluice/contract/array";
import { square } from "../../../math/powers.ts";
import type { Planes } from "../../factorizations/planes.ts";
import { rangeScale, scaleFor } from "../../factorizations/range-scale.ts";
import type { QrMode } from "../../linear-algebra.ts";
import { widened } from "./blocks.ts";
import { type ExecutionContext, freePanel, loadPanel, storePanel } from "./panel.ts";
import {
  applyPanel,
  applyReflectors,
  keepReflectors,
  reflectedColumns,
  reflectPanel,
  triangleFor,
} from "./reflectors.ts";

/** Factor that keeps the squares of an array in range. */
function rangeOf({ data }: FloatingArray, { memory, kernels }: ExecutionContext): number {
  const address = memory.addressOf(data);
  return address === undefined ? rangeScale(data) : scaleFor(kernels.misc.largest(address, data.length));
}

/** The upper triangle of the first rows, times a factor. */
function upperOf(
  a: FloatingArray,
  rows: number,
  factor: number,
  { memory }: ExecutionContext,
): FloatingArray {
  const n = a.shape[1];
  const r = memory.array({ shape: [rows, n], dtype: a.dtype });
  const step = a.dtype === "complex128" ? 2 : 1;
  for (let i = 0; i < Math.min(rows, n); i += 1) {
    const row = a.data.subarray((i * n + i) * step, (i + 1) * n * step);
    r.data.set(row, (i * n + i) * step);
  }
  if (factor !== 1) for (let index = 0; index < r.data.length; index += 1) r.data[index] *= factor;
  return r;
}

function identity(
  rows: number,
  columns: number,
  dtype: FloatingArray["dtype"],
  { memory }: ExecutionContext,
): FloatingArray {
  const array = memory.array({ shape: [rows, columns], dtype });
  const step = dtype === "complex128" ? 2 : 1;
  for (let i = 0; i < Math.min(rows, columns); i += 1) array.data[(i * columns + i) * step] = 1;
  return array;
}

/** A = Q·R by blocks of reflections, in the compact form of Schreiber and van Loan (1989). */
export function qr(
  a: FloatingArray,
  mode: QrMode,
  context: ExecutionContext,
): { q?: FloatingArray; r: FloatingArray } {
  const [m, n] = a.shape;
  const work = widened(a, context);
  const scale = rangeOf(work, context);
  if (scale !== 1) for (let index = 0; index < work.data.length; index += 1) work.data[index] *= scale;
  const least = Math.min(m, n);
  const share = mode === "r" ? 1 : 0.5;
  const triangles: Planes[] = [];
  for (let from = 0; from < least; from += reflectedColumns) {
    const area = {
      row: from,
      column: from,
      rows: m - from,
      columns: Math.min(reflectedColumns, least - from),
    };
    const panel = loadPanel(context, work, area);
    const own = reflectPanel(context, panel);
    storePanel(context, panel, work, area);
    keepReflectors(panel);
    const t = triangleFor(context, panel, own);
    triangles.push(t);
    applyPanel(context, panel, t, true, work, from, from + area.columns);
    freePanel(context, panel);
    context.onFraction(share * (1 - square(1 - (from + area.columns) / least)));
  }
  const size = mode === "complete" ? m : least;
  const r = upperOf(work, size, 1 / scale, context);
  if (mode === "r") {
    context.memory.release(work);
    return { r };
  }
  const q = identity(m, size, work.dtype, context);
  const quiet = { ...context, onFraction: (done: number) => context.onFraction(0.5 + done / 2) };
  applyReflectors(quiet, work, (_panel, index) => triangles[index], least, 0, q, true);
  context.memory.release(work);
  return { q, r };
}
