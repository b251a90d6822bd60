import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { settleAxis } from "../../model/axes.ts";
import { scaleStep } from "../../model/steps.ts";

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
const points = () =>
  z
    .int({ error: "a whole number from 1 to 2^30" })
    .min(1, { error: "a whole number from 1 to 2^30" })
    .max(2 ** 30, { error: "a whole number from 1 to 2^30" });

export const pointsParam = (text: string) => points().optional().describe(text);
export const axisParam = () =>
  z
    .int({ error: wholeNumber })
    .default(-1)
    .describe("The axis along which lines are transformed; from the end when negative");

const noCut = z.literal(-1, { error: "a whole number from 1 to 2^30, or -1" });
/** Of as many axes as there are. */
export const shapeOfAxesParam = (isReal: boolean) =>
  z
    .array(z.union([points(), noCut], { error: "a whole number from 1 to 2^30, or -1" }))
    .min(1, { error: "at least one extent" })
    .optional()
    .describe(
      `Points ${isReal ? "of the result" : "of the transform"} on each axis: longer lines are cut, shorter ones continued with zeros; as many as an axis has when absent or -1${isReal ? ", on the last one 2·(m - 1)" : ""}`,
    );

export const shapeParam = (text: string) => z.tuple([points(), points()]).optional().describe(text);
export const axesParam = () =>
  z
    .tuple([z.int({ error: wholeNumber }), z.int({ error: wholeNumber })])
    .default([-2, -1])
    .describe(
      "The two axes, the last one for the halves of real transforms. Unlike NumPy not twice the same",
    );

/** Two different axes. @throws Problem invalid-params */
export function axesOf(axes: readonly [number, number], a: FloatingSpec): readonly [number, number] {
  const [first, second] = axes.map((axis, index) =>
    settleAxis(axis, a.shape.length, `params.axes[${index}]`),
  );
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

export const scalingSteps = (norm: Norm, isInverse: boolean, result: FloatingSpec) =>
  isScaled(norm, isInverse) ? [scaleStep(result)] : [];

/** @param count points of the transform: of both axes together */
export function scaled(
  array: FloatingArray,
  norm: Norm,
  isInverse: boolean,
  count: number,
  engine: Engine,
): FloatingArray {
  if (!isScaled(norm, isInverse)) return array;
  return engine.scale(array, 1 / (norm === "ortho" ? Math.sqrt(count) : count));
}
