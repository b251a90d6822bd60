import { type DenseArray, elementCount, partsOf, zeros } from "@sluice/contract/array";
import { type BroadcastAxis, broadcastAxes } from "../../model/broadcast.ts";
import { type StagedCopy, stagedCopy } from "./staged-copies.ts";

/** What loops calculate in: single precision is widened on the way in and rounded on the way out. */
export type Working = "float64" | "complex128" | "int64" | "bool";

export type FloatingWorking = Exclude<Working, "int64" | "bool">;

/** What a loop gets of each kind. A bool is 0 or 1. */
export interface WorkingData {
  readonly float64: Float64Array;
  readonly complex128: Float64Array;
  readonly int64: BigInt64Array;
  readonly bool: Uint8Array;
}

/** Elements staged at a time: up to 32 KiB an operand, which the first-level cache holds. */
export const stagedElements = 2048;

/** One operand as a loop reads it: dense elements of the working kind, one block of the result at a time. */
export class OperandBlocks<As extends Working = Working> {
  /** The block that was opened last begins at data[at]. */
  readonly data: WorkingData[As];
  at = 0;
  /** Whether blocks are the array itself, of any length, or staged copies of at most `stagedElements`. */
  readonly staged: boolean;
  readonly #axes: readonly BroadcastAxis[];
  /** Entries of `data` that an element takes. */
  readonly #parts: number;
  readonly #copy: StagedCopy;
  /** Whether the staged block already is what every later one would be: one element, repeated. */
  #isFilled = false;

  constructor(source: DenseArray, as: As, shape: readonly number[]) {
    this.#axes = broadcastAxes(source, shape);
    this.#parts = partsOf({ dtype: as });
    const isWhole = elementCount(source.shape) === elementCount(shape);
    this.staged = !(isWhole && source.dtype === as);
    const data = this.staged ? zeros({ shape: [stagedElements], dtype: as }).data : source.data;
    this.data = data as WorkingData[As];
    this.#copy = stagedCopy(source, as, this.data);
  }

  /** Makes the result's elements first … first + count - 1 readable. */
  open(first: number, count: number): void {
    if (!this.staged) {
      this.at = first * this.#parts;
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
}
