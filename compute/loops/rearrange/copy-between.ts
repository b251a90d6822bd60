import type { DenseArray } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { type Entries, entriesOf } from "./entries.ts";
import type { StridedView } from "./strided-copy.ts";

/** Elements of one array and where in another they go: two views of the same shape. */
export interface Placement {
  readonly from: StridedView;
  readonly to: StridedView;
}

interface Axis {
  readonly extent: number;
  readonly from: number;
  readonly to: number;
}

/** Side of the squares in which two axes are swapped: 64 lines of 512 bytes fit the first-level cache. */
const tile = 64;
/** Runs of elements that lie side by side in both arrays are copied by one call from this length on. */
const leastRun = 32;
const perReport = 2 ** 18;
const point: Axis = { extent: 1, from: 0, to: 0 };

/** Axes with how far source and target move along them, counted in entries; neighbours that move alike are one. */
function axesOf({ from, to }: Placement, parts: number): Axis[] {
  const axes: Axis[] = [];
  from.shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const own = { extent, from: from.strides[axis] * parts, to: to.strides[axis] * parts };
    const last = axes.at(-1);
    if (last && last.from === own.from * extent && last.to === own.to * extent) {
      axes[axes.length - 1] = { ...own, extent: last.extent * extent };
    } else axes.push(own);
  });
  return axes;
}

const product = (axes: readonly Axis[]): number => axes.reduce((planes, { extent }) => planes * extent, 1);

function densest(axes: readonly Axis[], side: "from" | "to"): number {
  return axes.reduce(
    (best, axis, index) => (Math.abs(axis[side]) < Math.abs(axes[best][side]) ? index : best),
    0,
  );
}

/** Takes two axes out that are copied as a plane: the one along which the target is densest, and that of the source. */
function takePlane(axes: Axis[]): { slow: Axis; fast: Axis } {
  const [fast = point] = axes.splice(densest(axes, "to"), 1);
  const [slow = point] = axes.splice(densest(axes, "from"), 1);
  return { slow, fast };
}

/** What a copy costs beside its bytes, and the bytes of cache lines it reads and writes. */
export function copyCosts(placement: Placement, elementBytes: number): { planes: number; bytes: number } {
  const axes = axesOf(placement, 1);
  const elements = product(axes);
  const traffic = (side: "from" | "to"): number => {
    if (axes.length === 0) return elementBytes * elements;
    const apart = Math.abs(axes[densest(axes, side)][side]) * elementBytes;
    // Elements further apart than a cache line of 64 bytes take one each.
    return elements * Math.min(64, Math.max(elementBytes, apart));
  };
  const bytes = traffic("from") + traffic("to");
  takePlane(axes);
  return { planes: product(axes), bytes };
}

function copyLines(data: Entries, out: Entries, start: Start, slow: Axis, fast: Axis): void {
  for (let row = 0; row < slow.extent; row += 1) {
    const from = start.from + row * slow.from;
    out.set(data.subarray(from, from + fast.extent * fast.from), start.to + row * slow.to);
  }
}

interface Start {
  from: number;
  to: number;
}

/** Copies two axes square by square, so that neither source nor target is walked in steps alone. */
function copyPlane(data: Entries, out: Entries, start: Start, slow: Axis, fast: Axis, parts: number): void {
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

/** Copies elements of `source` to their places in `target`, which is of the same dtype. */
export function copyBetween(
  source: DenseArray,
  target: DenseArray,
  placement: Placement,
  onFraction: OnFraction,
): void {
  const { data, parts } = entriesOf(source);
  const { data: out } = entriesOf(target);
  const axes = axesOf(placement, parts);
  const isEmpty = placement.from.shape.includes(0);
  const { slow, fast } = takePlane(axes);
  const isRun = fast.from === parts && fast.to === parts && fast.extent >= leastRun;
  const counters = axes.map(() => 0);
  const start: Start = { from: placement.from.first * parts, to: placement.to.first * parts };
  const planes = isEmpty ? 0 : product(axes);
  const between = Math.max(1, Math.floor(perReport / (slow.extent * fast.extent || 1)));
  for (let plane = 0; plane < planes; plane += 1) {
    if (isRun) copyLines(data, out, start, slow, fast);
    else copyPlane(data, out, start, slow, fast, parts);
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
}
