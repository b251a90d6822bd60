import { elementCount, type FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { transposed } from "../../loops/rearrange/transposed.ts";
import { interpolates, type QuantileMethod, quantile, quantileRanks } from "../../loops/sorting/quantile.ts";
import { sortingSpare, sortLines } from "../../loops/sorting/sort-lines.ts";
import {
  axesParam,
  keepdimsParam,
  reducedCount,
  reducedShape,
  requireElements,
  settleAxes,
} from "../../model/axes.ts";
import { quantileStep, rearrangeStep, sortStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { realDtypes } from "../dtypes.ts";

const percent = () =>
  z
    .number({ error: "a number from 0 to 100" })
    .min(0, { error: "a number from 0 to 100" })
    .max(100, { error: "a number from 0 to 100" });
const methods = Object.keys(quantileRanks) as QuantileMethod[];

const params = () =>
  z.strictObject({
    q: z
      .union([percent(), z.array(percent())], { error: "a number from 0 to 100, or a list of them" })
      .describe("One percentage, or several, which become the first axis of the result"),
    axis: axesParam(),
    method: z
      .enum(methods, { error: methods.join(" or ") })
      .default("linear")
      .describe("How values between two elements are taken, by NumPy's names"),
    keepdims: keepdimsParam(),
  });

type Params = z.output<ReturnType<typeof params>>;

function resultOf({ q, axis, method, keepdims }: Params, a: FloatingSpec): FloatingSpec {
  const shape = reducedShape(a.shape, settleAxes(axis, a), keepdims);
  if (typeof q === "number") return { shape, dtype: a.dtype };
  // As in NumPy, where shares between two elements of a list of percentages are an array of float64.
  return { shape: [q.length, ...shape], dtype: interpolates(method) ? "float64" : a.dtype };
}

/** The reduced axes last, so that what is sorted lies together. */
function orderOf({ shape }: FloatingSpec, axes: readonly number[]): number[] {
  return [...shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
}

/** numpy.percentile */
export const percentile = defineOperation({
  name: "percentile",
  summary: "Percentiles over axes, NaN where an element is NaN, as numpy.percentile",
  inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: realDtypes } },
  outputs: {
    result:
      "one axis for a list q, then the shape of a without the reduced axes; float64 where a list is interpolated, else the dtype of a",
  },
  params,
  differences: [
    "The methods inverted_cdf, averaged_inverted_cdf and closest_observation, and weights, are missing.",
    "At and beyond both ends it answers the element there; NumPy answers NaN where that is infinite.",
  ],
  example: { operation: "percentile", params: { q: [25, 50, 75] }, dataMatrix: [[1, 2, 3, 4]] },

  plan(settled, { a }) {
    const axes = settleAxes(settled.axis, a);
    requireElements(a, axes);
    const result = resultOf(settled, a);
    const length = reducedCount(a.shape, axes);
    const order = orderOf(a, axes);
    const steps = [rearrangeStep(a, a, order), sortStep(a, length), quantileStep(result)];
    return {
      params: settled,
      outputs: { result },
      steps: whileHolding([a, a, sortingSpare(a, length), result], steps),
    };
  },

  run(settled, { a }, engine) {
    const axes = settleAxes(settled.axis, a);
    const length = reducedCount(a.shape, axes);
    const count = elementCount(reducedShape(a.shape, axes, false));
    const copy = transposed(a, orderOf(a, axes), engine);
    const sorted = sortLines(copy, { lines: count, points: length, inner: 1 }, engine.nextStep());
    const result = engine.array(resultOf(settled, a));
    const onFraction = engine.nextStep();
    [settled.q].flat().forEach((percentage, index) => {
      for (let line = 0; line < count; line += 1) {
        const numbers = { data: sorted.data, from: line * length, count: length };
        const value = quantile(numbers, percentage / 100, settled.method, result.dtype);
        result.data[index * count + line] = value;
      }
    });
    onFraction(1);
    engine.release(sorted);
    return { result };
  },
});
