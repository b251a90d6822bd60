import type { DenseArray } from "@sluice/contract/array";

/** fro needs no name of its own beside the 2-norm of all elements; columns and rows are the 1- and ∞-norms. */
export type MatrixNorm = "fro" | "nuc" | "columns" | "rows" | "largest" | "smallest";

/** The parts of an array that each have a norm: elements at a start plus each offset. */
export interface Lines {
  readonly offsets: Int32Array | Float64Array;
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
  return { offsets: grid(along.map(axis)), last, starts: () => grid(others.map(axis)) };
}

/** |element|, a complex one without overflow on the way. */
function magnitude({ dtype, data }: DenseArray, index: number): number {
  if (dtype !== "complex128") return Math.abs(data[index]);
  const [x, y] = [Math.abs(data[2 * index]), Math.abs(data[2 * index + 1])];
  const largest = Math.max(x, y);
  if (x === Number.POSITIVE_INFINITY || y === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return largest === 0 || Number.isNaN(largest)
    ? largest
    : largest * Math.sqrt((x / largest) ** 2 + (y / largest) ** 2);
}

/** Kahan's: as exact as NumPy's pairwise one, whatever the length. */
class Sum {
  #sum = 0;
  #lost = 0;
  add(value: number): void {
    const next = value - this.#lost;
    const sum = this.#sum + next;
    // Infinite sums have nothing to lose.
    this.#lost = Number.isFinite(sum) ? sum - this.#sum - next : 0;
    this.#sum = sum;
  }
  get value(): number {
    return this.#sum;
  }
}

function sumOf(
  a: DenseArray,
  offsets: Lines["offsets"],
  start: number,
  term: (size: number) => number,
): number {
  const sum = new Sum();
  for (let index = 0; index < offsets.length; index += 1) sum.add(term(magnitude(a, start + offsets[index])));
  return sum.value;
}

/** Math.max and Math.min keep a NaN, as NumPy's do. */
function extreme(
  a: DenseArray,
  offsets: Lines["offsets"],
  start: number,
  choose: (one: number, other: number) => number,
  first: number,
): number {
  let found = first;
  for (let index = 0; index < offsets.length; index += 1)
    found = choose(found, magnitude(a, start + offsets[index]));
  return found;
}

/** ‖x‖ₚ of the elements at start + offsets. */
export function lineNorm(a: DenseArray, offsets: Lines["offsets"], start: number, p: number): number {
  if (p === Number.POSITIVE_INFINITY) return extreme(a, offsets, start, Math.max, 0);
  if (p === Number.NEGATIVE_INFINITY) return extreme(a, offsets, start, Math.min, Number.POSITIVE_INFINITY);
  if (p === 0) return sumOf(a, offsets, start, (size) => (size === 0 ? 0 : 1));
  if (p === 1) return sumOf(a, offsets, start, (size) => size);
  if (p !== 2) return sumOf(a, offsets, start, (size) => size ** p) ** (1 / p);
  const plain = sumOf(a, offsets, start, (size) => size * size);
  if (plain > 1e-280 && plain < Number.POSITIVE_INFINITY) return Math.sqrt(plain);
  const largest = extreme(a, offsets, start, Math.max, 0);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  return largest * Math.sqrt(sumOf(a, offsets, start, (size) => (size / largest) ** 2));
}

/** Largest, or for a negative order smallest, sum of magnitudes of a column or of a row of one matrix. */
export function matrixNorm(
  a: DenseArray,
  { offsets, last }: Lines,
  start: number,
  matrix: "rows" | "columns",
  order: number,
): number {
  const { extent: columns } = last;
  const rows = columns === 0 ? 0 : offsets.length / columns;
  const byRows = matrix === "rows";
  const [count, terms] = byRows ? [rows, columns] : [columns, rows];
  let found = order > 0 ? 0 : Number.POSITIVE_INFINITY;
  for (let line = 0; line < count; line += 1) {
    const sum = new Sum();
    for (let term = 0; term < terms; term += 1) {
      sum.add(magnitude(a, start + offsets[byRows ? line * columns + term : term * columns + line]));
    }
    found = order > 0 ? Math.max(found, sum.value) : Math.min(found, sum.value);
  }
  return found;
}
