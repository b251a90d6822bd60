import { type StridedView, stridesOf } from "./strided-copy.ts";

/** Ways to see the elements of a C-order array, each made from another: nothing is copied. */

/** All elements in their own order. */
export const wholeView = (shape: readonly number[]): StridedView => ({
  shape,
  strides: stridesOf(shape),
  first: 0,
});

const without = (list: readonly number[], axis: number): number[] => list.toSpliced(axis, 1);

/** Axis i of the result is axis order[i] of the view. */
export const permuted = ({ shape, strides, first }: StridedView, order: readonly number[]): StridedView => ({
  shape: order.map((axis) => shape[axis]),
  strides: order.map((axis) => strides[axis]),
  first,
});

/** `count` points of one axis from `start` on, `step` apart; a negative step goes backwards. */
export const slicedAlong = (
  { shape, strides, first }: StridedView,
  axis: number,
  start: number,
  count: number,
  step = 1,
): StridedView => ({
  shape: shape.with(axis, count),
  strides: strides.with(axis, strides[axis] * step),
  // Nothing is read of an empty view: its first element need not exist.
  first: count === 0 ? first : first + start * strides[axis],
});

/** One axis backwards. */
export const flippedAlong = (view: StridedView, axis: number): StridedView =>
  slicedAlong(view, axis, view.shape[axis] - 1, view.shape[axis], -1);

/** The elements at one point of an axis, which is gone. */
export const pickedFrom = (
  { shape, strides, first }: StridedView,
  axis: number,
  at: number,
): StridedView => ({
  shape: without(shape, axis),
  strides: without(strides, axis),
  first: first + at * strides[axis],
});

/** A new axis in front of axis `at`, along which the view repeats. */
export const repeatedAlong = (
  { shape, strides, first }: StridedView,
  at: number,
  count: number,
): StridedView => ({
  shape: shape.toSpliced(at, 0, count),
  strides: strides.toSpliced(at, 0, 0),
  first,
});

/** The view seen in a shape that it broadcasts to. */
export function broadcastView(
  { shape: own, strides, first }: StridedView,
  shape: readonly number[],
): StridedView {
  const missing = shape.length - own.length;
  return {
    shape,
    strides: shape.map((_, axis) =>
      axis < missing || own[axis - missing] === 1 ? 0 : strides[axis - missing],
    ),
    first,
  };
}
