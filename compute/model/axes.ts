import { type ArraySpec, elementCount } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { shapeText } from "./broadcast.ts";

const wholeNumber = () => z.int({ error: "an integer" });

/** The `axis` of a NumPy reduction: one, several, or null for all. */
export const axesParam = () =>
  z
    .union([wholeNumber(), z.array(wholeNumber())], { error: "an integer, a list of integers, or null" })
    .nullable()
    .default(null)
    .describe("Axis or axes to reduce, negative ones counted from the last; null for all");

/** The `axis` of what works along one line: null takes the elements in C order as a single line. */
export const axisParam = (byDefault: number | null) =>
  wholeNumber()
    .nullable()
    .default(byDefault)
    .describe("Axis to work along, negative ones counted from the last; null for all elements in C order");

export const keepdimsParam = () =>
  z.boolean().default(false).describe("Whether reduced axes stay in the shape, with extent 1");

/**
 * One axis counted from the first.
 * @throws Problem invalid-params when the array has no such axis
 */
export function settleAxis(axis: number, rank: number, field = "params.axis"): number {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  const expected = rank === 0 ? "null, as the array has no axes" : `an axis from ${-rank} to ${rank - 1}`;
  throw new Problem("invalid-params", `${field}: expected ${expected}, got ${axis}`, {
    field,
    expected,
    got: String(axis),
  });
}

/**
 * Which axes of `a` are reduced, in rising order.
 * @throws Problem invalid-params for an axis that does not exist or comes twice
 */
export function settleAxes(axis: number | readonly number[] | null, { shape }: ArraySpec): number[] {
  if (axis === null) return shape.map((_, index) => index);
  const axes = (typeof axis === "number" ? [axis] : axis).map((one) => settleAxis(one, shape.length));
  if (new Set(axes).size === axes.length) return axes.sort((one, other) => one - other);
  throw new Problem("invalid-params", `params.axis: expected each axis once, got ${shapeText(axes)}`, {
    field: "params.axis",
    expected: "each axis once",
    got: shapeText(axes),
  });
}

/** The shape that is left: without the reduced axes, or with extents of 1 for them. */
export function reducedShape(shape: readonly number[], axes: readonly number[], keepdims: boolean): number[] {
  if (keepdims) return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Elements that go into one of the result. */
export const reducedCount = (shape: readonly number[], axes: readonly number[]): number =>
  elementCount(axes.map((axis) => shape[axis]));

/**
 * For what has no value over nothing, such as a minimum.
 * @throws Problem invalid-shape
 */
export function requireElements({ shape }: ArraySpec, axes: readonly number[]): void {
  if (reducedCount(shape, axes) > 0) return;
  const expected = "at least one element along the reduced axes";
  throw new Problem("invalid-shape", `inputs.a must have ${expected}, not shape ${shapeText(shape)}.`, {
    field: "inputs.a",
    expected,
    got: `shape ${shapeText(shape)}`,
  });
}
