import type { ArraySpec, DenseArray } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import type { Engine } from "../engines/engine.ts";
import { scaleStep } from "../steps.ts";

const norms = ["backward", "ortho", "forward"] as const;
export type Norm = (typeof norms)[number];

/** @param unscaled the norm that leaves this direction unscaled @param points what the others divide by */
export const normParam = (unscaled: "backward" | "forward", points: string) =>
  z
    .enum(norms, { error: norms.map((norm) => `"${norm}"`).join(" or ") })
    .default("backward")
    .describe(
      `As in NumPy: ${unscaled} leaves the transform unscaled, ortho divides by √${points}, ${unscaled === "backward" ? "forward" : "backward"} by ${points}`,
    );

const wholeNumber = "a whole number";
/** Points of a transform, at most 2^30: kernels count them in 32 bits. */
const points = z
  .int({ error: "a whole number from 1 to 2^30" })
  .min(1, { error: "a whole number from 1 to 2^30" })
  .max(2 ** 30, { error: "a whole number from 1 to 2^30" });

export const pointsParam = (text: string) => points.optional().describe(text);
export const axisParam = z
  .int({ error: wholeNumber })
  .default(-1)
  .describe("The axis along which lines are transformed; from the end when negative");

export const shapeParam = (text: string) => z.tuple([points, points]).optional().describe(text);
export const axesParam = z
  .tuple([z.int({ error: wholeNumber }), z.int({ error: wholeNumber })])
  .default([-2, -1])
  .describe("The two axes, the last one for the halves of real transforms. Unlike NumPy not twice the same");

/** An axis counted from the first. @throws Problem invalid-params when the array has none such */
export function axisOf(axis: number, { shape }: ArraySpec, field: string): number {
  const rank = shape.length;
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new Problem(
    "invalid-params",
    `${field} must name one of the ${rank} axes of inputs.a, not ${axis}.`,
    {
      field,
      expected: `a whole number from ${-rank} to ${rank - 1}`,
      got: String(axis),
    },
  );
}

/** Two different axes. @throws Problem invalid-params */
export function axesOf(axes: readonly [number, number], a: ArraySpec): readonly [number, number] {
  const [first, second] = [axisOf(axes[0], a, "params.axes[0]"), axisOf(axes[1], a, "params.axes[1]")];
  if (first !== second) return [first, second];
  throw new Problem(
    "invalid-params",
    `params.axes must be two different axes, not ${axes.join(" twice ")}.`,
    {
      field: "params.axes",
      expected: "two different axes",
      got: `[${axes.join(", ")}]`,
    },
  );
}

/** Points of real numbers that come from so many of their transform; NumPy's default. @throws Problem invalid-params */
export function realPoints(given: number, field: string): number {
  if (given > 1) return 2 * (given - 1);
  throw new Problem("invalid-params", `${field} is needed where the axis has one point: 2·(1 - 1) is none.`, {
    field,
    expected: "a whole number from 1 to 2^30",
    got: "nothing",
  });
}

/** Whether NumPy scales a transform, and what by. */
export const isScaled = (norm: Norm, isInverse: boolean): boolean =>
  norm !== (isInverse ? "forward" : "backward");

export const scalingSteps = (norm: Norm, isInverse: boolean, result: ArraySpec) =>
  isScaled(norm, isInverse) ? [scaleStep(result)] : [];

/** @param count points of the transform: of both axes together */
export function scaled(
  array: DenseArray,
  norm: Norm,
  isInverse: boolean,
  count: number,
  engine: Engine,
): DenseArray {
  if (!isScaled(norm, isInverse)) return array;
  return engine.scale(array, 1 / (norm === "ortho" ? Math.sqrt(count) : count));
}
