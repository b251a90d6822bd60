import { elementCount } from "@sluice/contract/array";

/**
 * An array as lines along one axis: point j of line l is element
 * (floor(l / inner)·points + j)·inner + l mod inner, in C order.
 */
export interface ArrayLines {
  readonly lines: number;
  readonly points: number;
  /** Lines side by side: elements from one point of a line to its next. */
  readonly inner: number;
}

/** @param axis counted from the first; null makes one line of all elements */
export function linesAlong(shape: readonly number[], axis: number | null): ArrayLines {
  if (axis === null) return { lines: 1, points: elementCount(shape), inner: 1 };
  const inner = elementCount(shape.slice(axis + 1));
  return { lines: elementCount(shape.slice(0, axis)) * inner, points: shape[axis] ?? 1, inner };
}

/** Element number of a line's first point. */
export const startOfLine = (line: number, { points, inner }: ArrayLines): number =>
  Math.floor(line / inner) * points * inner + (line % inner);

/** Of the transform of so many real numbers, points 0 … length/2: the others are their conjugates. */
export const halfPoints = (length: number): number => Math.floor(length / 2) + 1;
