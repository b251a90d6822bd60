/** var, std: how far elements lie from their mean. */
import * as z from "zod";
import { rootsInPlace, varianceOver, varianceSpec, varianceSteps } from "../../loops/reductions/moments.ts";
import { axesParam, keepdimsParam, settleAxes } from "../../model/axes.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";

const params = () =>
  z.strictObject({
    axis: axesParam(),
    ddof: z
      .number({ error: "a number" })
      .default(0)
      .describe("Delta degrees of freedom: squares are divided by n - ddof"),
    keepdims: keepdimsParam(),
  });

function deviation(name: "var" | "std", what: string): Operation {
  return defineOperation({
    name,
    summary: `${what} over axes, as numpy.${name}`,
    inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: anyDtype } },
    outputs: {
      result: "the shape of a without the reduced axes; float64 for complex128, else the dtype of a",
    },
    params,
    differences: ["With n - ddof of 0 or less it answers NaN or infinity without a warning."],
    example: {
      operation: name,
      params: { axis: 0, ddof: 1 },
      dataMatrix: [
        [1, 2],
        [3, 5],
      ],
    },

    plan(settled, { a }) {
      const axes = settleAxes(settled.axis, a);
      const result = varianceSpec(a, axes, settled.keepdims);
      const roots = name === "std" ? whileHolding([a, result], [elementwiseStep([result], result)]) : [];
      return {
        params: settled,
        outputs: { result },
        steps: [...varianceSteps(a, axes, result), ...roots],
      };
    },

    run({ axis, ddof, keepdims }, { a }, engine) {
      const variance = varianceOver(a, settleAxes(axis, a), { ddof, keepdims }, engine);
      return { result: name === "std" ? rootsInPlace(variance, engine) : variance };
    },
  });
}

/** The name `var` is taken by the language. */
export const variance = deviation("var", "Variance: mean of squared distances from the mean");
export const std = deviation("std", "Standard deviation: square root of the variance");
