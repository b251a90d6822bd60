import { elementCount, type FloatingArray } from "@sluice/contract/array";
import { type BroadcastAxis, broadcastAxes } from "../../model/broadcast.ts";

/** What loops calculate in: float32 is widened on the way in and rounded on the way out. */
export type Working = "float64" | "complex128";

/** Elements staged at a time: up to 32 KiB an operand, which the first-level cache holds. */
export const stagedElements = 2048;

/** One operand as a loop reads it: dense numbers of the working dtype, one block of the result at a time. */
export class OperandBlocks {
  /** The block that was opened last begins at data[at]. */
  data: Float64Array;
  at = 0;
  /** Whether blocks are the array itself, of any length, or staged copies of at most `stagedElements`. */
  readonly staged: boolean;
  readonly #source: FloatingArray;
  readonly #axes: readonly BroadcastAxis[];
  /** Numbers of an element: in the source and as the loop reads it. */
  readonly #from: number;
  readonly #to: number;
  /** Whether the staged block already is what every later one would be: one element, repeated. */
  #isFilled = false;

  constructor(source: FloatingArray, working: Working, shape: readonly number[]) {
    this.#source = source;
    this.#axes = broadcastAxes(source, shape);
    this.#from = source.dtype === "complex128" ? 2 : 1;
    this.#to = working === "complex128" ? 2 : 1;
    const isWhole = elementCount(source.shape) === elementCount(shape);
    const { data } = source;
    this.staged = !(isWhole && data instanceof Float64Array && this.#from === this.#to);
    this.data =
      !this.staged && data instanceof Float64Array ? data : new Float64Array(stagedElements * this.#to);
  }

  /** Makes the result's elements first … first + count - 1 readable. */
  open(first: number, count: number): void {
    if (!this.staged) {
      this.at = first * this.#to;
      return;
    }
    if (this.#isFilled) return;
    if (this.#axes.every(({ stride }) => stride === 0)) {
      this.#copy(0, 0, 0, stagedElements);
      this.#isFilled = true;
      return;
    }
    const inner = this.#axes.at(-1) ?? { extent: 1, stride: 0 };
    for (let done = 0; done < count; ) {
      const line = Math.floor((first + done) / inner.extent);
      const within = first + done - line * inner.extent;
      const now = Math.min(count - done, inner.extent - within);
      this.#copy(this.#lineStart(line) + within * inner.stride, inner.stride, done, now);
      done += now;
    }
  }

  /** The source element at which a line along the last axis starts. */
  #lineStart(line: number): number {
    let start = 0;
    let rest = line;
    for (let axis = this.#axes.length - 2; axis >= 0; axis -= 1) {
      const { extent, stride } = this.#axes[axis];
      const outer = Math.floor(rest / extent);
      start += (rest - outer * extent) * stride;
      rest = outer;
    }
    return start;
  }

  #copy(element: number, stride: number, to: number, count: number): void {
    const { data } = this.#source;
    const { data: out } = this;
    if (this.#to === 1) copyReal(data, element, stride, out, to, count);
    else if (this.#from === 1) widenToComplex(data, element, stride, out, 2 * to, count);
    else copyComplex(data, 2 * element, 2 * stride, out, 2 * to, count);
  }
}

type Copy = (
  data: FloatingArray["data"],
  from: number,
  step: number,
  out: Float64Array,
  to: number,
  count: number,
) => void;

/** `step` is 1, or 0 to repeat one. */
const copyReal: Copy = (data, from, step, out, to, count) => {
  if (step === 1) {
    for (let index = 0; index < count; index += 1) out[to + index] = data[from + index];
  } else {
    const value = data[from];
    for (let index = 0; index < count; index += 1) out[to + index] = value;
  }
};

const copyComplex: Copy = (data, from, step, out, to, count) => {
  for (let index = 0, at = from; index < count; index += 1, at += step) {
    out[to + 2 * index] = data[at];
    out[to + 2 * index + 1] = data[at + 1];
  }
};

const widenToComplex: Copy = (data, from, step, out, to, count) => {
  for (let index = 0, at = from; index < count; index += 1, at += step) {
    out[to + 2 * index] = data[at];
    out[to + 2 * index + 1] = 0;
  }
};
