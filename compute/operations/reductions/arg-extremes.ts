/** argmin, argmax: where the extremes are. */
import { elementCount, type FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { linesAlong } from "../../engines/array-lines.ts";
import { argExtreme } from "../../loops/reductions/arg-extremes.ts";
import { axisParam, keepdimsParam, reducedShape, requireElements, settleAxes } from "../../model/axes.ts";
import { reduceStep } from "../../model/loop-steps.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { type Work, whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";

/** Each line by itself, also those whose elements lie apart. */
function argStep(a: FloatingSpec, result: FloatingSpec): Work {
  return { ...reduceStep(a, result), lines: { kind: "reduce", count: elementCount(result.shape) } };
}

function argOperation(name: "argmin" | "argmax", which: string, sign: 1 | -1): Operation {
  return defineOperation({
    name,
    summary: `Index of the first ${which} element along an axis, of the first NaN if there is one, as numpy.${name}`,
    inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: anyDtype } },
    outputs: { result: "the shape of a without the axis, float64" },
    params: () => z.strictObject({ axis: axisParam(null), keepdims: keepdimsParam() }),
    differences: ["Indices are float64, exact below 2^53; NumPy answers int64."],
    example: { operation: name, params: { axis: 1 }, dataMatrix: [[3, 1, 2]] },

    plan({ axis, keepdims }, { a }) {
      const axes = settleAxes(axis, a);
      requireElements(a, axes);
      const result: FloatingSpec = { shape: reducedShape(a.shape, axes, keepdims), dtype: "float64" };
      return {
        params: { axis, keepdims },
        outputs: { result },
        steps: whileHolding([a, result], [argStep(a, result)]),
      };
    },

    run({ axis, keepdims }, { a }, engine) {
      const axes = settleAxes(axis, a);
      const result = engine.array({ shape: reducedShape(a.shape, axes, keepdims), dtype: "float64" });
      const lines = linesAlong(a.shape, axis === null ? null : axes[0]);
      return { result: argExtreme(sign, a, lines, result, engine.nextStep()) };
    },
  });
}

export const argmin = argOperation("argmin", "least", 1);
export const argmax = argOperation("argmax", "largest", -1);
