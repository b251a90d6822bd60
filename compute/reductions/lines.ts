import { elementCount } from "@sluice/contract/array";

/** Lines along one axis of a C-order array: `inner` of them lie side by side, in each of `outer` blocks. */
export interface Lines {
  readonly outer: number;
  readonly length: number;
  /** Elements between two neighbours of one line. */
  readonly inner: number;
}

/** `axis` counts from the first; null makes one line of all elements. */
export function linesAlong(shape: readonly number[], axis: number | null): Lines {
  if (axis === null) return { outer: 1, length: elementCount(shape), inner: 1 };
  return {
    outer: elementCount(shape.slice(0, axis)),
    length: shape[axis],
    inner: elementCount(shape.slice(axis + 1)),
  };
}
