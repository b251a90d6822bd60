import type { DenseArray } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { type Entries, entriesOf } from "./entries.ts";

/** Elements between neighbours along each axis of a C-order array. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/** Elements of a C-order array in another order: where the first lies, and how far apart along each axis. */
export interface StridedView {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly first: number;
}

interface Axis {
  readonly extent: number;
  readonly from: number;
  readonly to: number;
}

/** Side of the squares in which two axes are swapped: 64 lines of 512 bytes fit the first-level cache. */
const tile = 64;
const perReport = 2 ** 18;

/** Axes of the result with how far source and result move along them; neighbours that move alike are one. */
function axesOf({ shape, strides }: StridedView, parts: number): Axis[] {
  const natural = stridesOf(shape);
  const axes: Axis[] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const [from, to] = [strides[axis] * parts, natural[axis] * parts];
    const last = axes.at(-1);
    if (last?.from === from * extent) axes[axes.length - 1] = { extent: last.extent * extent, from, to };
    else axes.push({ extent, from, to });
  });
  return axes;
}

/** The view that is a transpose: its axis i is axis order[i] of a C-order array. */
export function transposedView(shape: readonly number[], order: readonly number[]): StridedView {
  const strides = stridesOf(shape);
  return { shape: order.map((axis) => shape[axis]), strides: order.map((axis) => strides[axis]), first: 0 };
}

/** Takes the two axes out of a view's that are copied as a plane: the last one, and that along which the source is densest. */
function takePlane(axes: Axis[]): { slow: Axis; fast: Axis } {
  const one: Axis = { extent: 1, from: 0, to: 0 };
  const fast = axes.pop() ?? one;
  const densest = axes.reduce((best, { from }, axis) => (from < axes[best].from ? axis : best), 0);
  const [slow = one] = axes.splice(densest, 1);
  return { slow, fast };
}

const product = (axes: readonly Axis[]): number => axes.reduce((planes, { extent }) => planes * extent, 1);

/** Planes that a transpose is copied in. */
export function planesOf(shape: readonly number[], order: readonly number[]): number {
  const axes = axesOf(transposedView(shape, order), 1);
  takePlane(axes);
  return product(axes);
}

/** Copies two axes square by square, so that neither source nor result is read in steps alone. */
function copyPlane(
  data: Entries,
  out: Entries,
  start: { from: number; to: number },
  slow: Axis,
  fast: Axis,
  parts: number,
): void {
  for (let top = 0; top < slow.extent; top += tile) {
    const bottom = Math.min(slow.extent, top + tile);
    for (let left = 0; left < fast.extent; left += tile) {
      const right = Math.min(fast.extent, left + tile);
      for (let row = top; row < bottom; row += 1) {
        let from = start.from + row * slow.from + left * fast.from;
        let to = start.to + row * slow.to + left * fast.to;
        for (let column = left; column < right; column += 1, from += fast.from, to += fast.to) {
          out[to] = data[from];
          if (parts === 2) out[to + 1] = data[from + 1];
        }
      }
    }
  }
}

/** Writes the elements of a view of `a` to `result` in C order. */
export function stridedCopy<Result extends DenseArray>(
  a: DenseArray,
  view: StridedView,
  result: Result,
  onFraction: OnFraction,
): Result {
  const { data, parts } = entriesOf(a);
  const { data: out } = entriesOf(result);
  const axes = axesOf(view, parts);
  const { slow, fast } = takePlane(axes);
  const counters = axes.map(() => 0);
  const start = { from: view.first * parts, to: 0 };
  const planes = product(axes);
  const between = Math.max(1, Math.floor(perReport / (slow.extent * fast.extent || 1)));
  for (let plane = 0; plane < planes; plane += 1) {
    copyPlane(data, out, start, slow, fast, parts);
    for (let axis = axes.length - 1; axis >= 0; axis -= 1) {
      const { extent, from, to } = axes[axis];
      counters[axis] += 1;
      start.from += from;
      start.to += to;
      if (counters[axis] < extent) break;
      start.from -= from * extent;
      start.to -= to * extent;
      counters[axis] = 0;
    }
    if (plane % between === 0) onFraction((plane + 1) / planes);
  }
  onFraction(1);
  return result;
}
