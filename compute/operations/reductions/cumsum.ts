import { type ArraySpec, elementCount } from "@sluice/contract/array";
import * as z from "zod";
import { linesAlong } from "../../engines/array-lines.ts";
import { cumulativeSum } from "../../loops/reductions/cumulative-sum.ts";
import { axisParam, settleAxis } from "../../model/axes.ts";
import { reduceStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";

const resultOf = ({ shape, dtype }: ArraySpec, axis: number | null): ArraySpec => ({
  shape: axis === null ? [elementCount(shape)] : shape,
  dtype,
});

/** numpy.cumsum, the same to the bit. */
export const cumsum = defineOperation({
  name: "cumsum",
  summary: "Running sums along an axis, as numpy.cumsum",
  inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: anyDtype } },
  outputs: { result: "the shape and dtype of a; one axis when axis is null" },
  params: z.strictObject({ axis: axisParam(null) }),
  example: {
    operation: "cumsum",
    params: { axis: 1 },
    dataMatrix: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  },

  plan({ axis }, { a }) {
    if (axis !== null) settleAxis(axis, a.shape.length);
    const result = resultOf(a, axis);
    return {
      params: { axis },
      outputs: { result },
      steps: whileHolding([a, result], [reduceStep(a, result)]),
    };
  },

  run({ axis }, { a }, engine) {
    const result = engine.array(resultOf(a, axis));
    const lines = linesAlong(a.shape, axis === null ? null : settleAxis(axis, a.shape.length));
    return { result: cumulativeSum(a, lines, result, engine.nextStep()) };
  },
});
