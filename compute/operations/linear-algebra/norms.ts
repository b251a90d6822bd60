import type { FloatingArray } from "@sluice/contract/array";
import { binaryExponent } from "../../math/exponent.ts";
import { hypot } from "../../math/hypot.ts";
import { power } from "../../math/power.ts";

/** fro needs no name of its own beside the 2-norm of all elements; columns and rows are the 1- and ∞-norms. */
export type MatrixNorm = "fro" | "nuc" | "columns" | "rows" | "largest" | "smallest";

type Offsets = Float64Array | number;

const countOf = (offsets: Offsets): number => (typeof offsets === "number" ? offsets : offsets.length);

/** The parts of an array that each have a norm: elements at a start plus each offset. */
export interface Lines {
  /** Of each element, or how many they are where they lie side by side. */
  readonly offsets: Offsets;
  /** Extent and stride of the last axis summed over. */
  readonly last: { readonly extent: number; readonly stride: number };
  starts(): Float64Array;
}

/** Elements of a grid in C order. */
function grid(axes: readonly { extent: number; stride: number }[]): Float64Array {
  const count = axes.reduce((product, { extent }) => product * extent, 1);
  const offsets = new Float64Array(count);
  const index = axes.map(() => 0);
  for (let at = 0, offset = 0; at < count; at += 1) {
    offsets[at] = offset;
    for (let axis = axes.length - 1; axis >= 0; axis -= 1) {
      index[axis] += 1;
      offset += axes[axis].stride;
      if (index[axis] < axes[axis].extent) break;
      offset -= axes[axis].extent * axes[axis].stride;
      index[axis] = 0;
    }
  }
  return offsets;
}

export function linesAlong(shape: readonly number[], along: readonly number[]): Lines {
  const strides = shape.map((_, index) =>
    shape.slice(index + 1).reduce((product, extent) => product * extent, 1),
  );
  const axis = (index: number) => ({ extent: shape[index], stride: strides[index] });
  const others = shape.map((_, index) => index).filter((index) => !along.includes(index));
  const last = along.length > 0 ? axis(along[along.length - 1]) : { extent: 1, stride: 0 };
  const sideBySide = along.every((one, index) => one === shape.length - along.length + index);
  const offsets = sideBySide ? along.reduce((count, one) => count * shape[one], 1) : grid(along.map(axis));
  return { offsets, last, starts: () => grid(others.map(axis)) };
}

const magnitude = ({ dtype, data }: FloatingArray, index: number): number =>
  dtype === "complex128" ? hypot(data[2 * index], data[2 * index + 1]) : Math.abs(data[index]);

/** Σ (|x| · scale)^p, for p = 0 of ones; by Kahan, as exact as NumPy's pairwise sums whatever the length. */
function powerSum(a: FloatingArray, offsets: Offsets, start: number, p: number, scale = 1): number {
  const count = countOf(offsets);
  let sum = 0;
  let lost = 0;
  for (let index = 0; index < count; index += 1) {
    const size = magnitude(a, start + (typeof offsets === "number" ? index : offsets[index])) * scale;
    let term = size;
    if (p === 2) term = size * size;
    else if (p === 0) term = size === 0 ? 0 : 1;
    else if (p !== 1) term = power(size, p);
    const next = term - lost;
    const longer = sum + next;
    // Infinite sums have nothing to lose.
    lost = Number.isFinite(longer) ? longer - sum - next : 0;
    sum = longer;
  }
  return sum;
}

/** Math.max and Math.min keep a NaN, as NumPy's do. */
function extreme(
  a: FloatingArray,
  offsets: Offsets,
  start: number,
  choose: (one: number, other: number) => number,
  first: number,
): number {
  const count = countOf(offsets);
  let found = first;
  for (let index = 0; index < count; index += 1)
    found = choose(found, magnitude(a, start + (typeof offsets === "number" ? index : offsets[index])));
  return found;
}

/** ‖x‖ₚ of the elements at start + offsets. */
export function lineNorm(a: FloatingArray, offsets: Offsets, start: number, p: number): number {
  if (p === Number.POSITIVE_INFINITY) return extreme(a, offsets, start, Math.max, 0);
  if (p === Number.NEGATIVE_INFINITY) return extreme(a, offsets, start, Math.min, Number.POSITIVE_INFINITY);
  const plain = powerSum(a, offsets, start, p);
  if (p === 0 || p === 1) return plain;
  if (p !== 2) return power(plain, 1 / p);
  if (plain > 1e-280 && plain < Number.POSITIVE_INFINITY) return Math.sqrt(plain);
  const largest = extreme(a, offsets, start, Math.max, 0);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  const scale = 2 ** -Math.max(-1000, Math.min(1000, binaryExponent(largest)));
  return Math.sqrt(powerSum(a, offsets, start, 2, scale)) / scale;
}

/** Largest, or for a negative order smallest, sum of magnitudes of a column or of a row of one matrix. */
export function matrixNorm(
  a: FloatingArray,
  { offsets, last }: Lines,
  start: number,
  matrix: "rows" | "columns",
  order: number,
): number {
  const { extent: columns } = last;
  const rows = columns === 0 ? 0 : countOf(offsets) / columns;
  const byRows = matrix === "rows";
  const [count, terms] = byRows ? [rows, columns] : [columns, rows];
  let found = order > 0 ? 0 : Number.POSITIVE_INFINITY;
  const own = new Float64Array(terms);
  for (let line = 0; line < count; line += 1) {
    for (let term = 0; term < terms; term += 1) {
      const index = byRows ? line * columns + term : term * columns + line;
      own[term] = typeof offsets === "number" ? index : offsets[index];
    }
    const sum = powerSum(a, own, start, 1);
    found = order > 0 ? Math.max(found, sum) : Math.min(found, sum);
  }
  return found;
}
