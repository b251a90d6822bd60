/** argmin, argmax: where the extremes are. */
import { type ArraySpec, dtypes, elementCount } from "@sluice/contract/array";
import * as z from "zod";
import { linesAlong } from "../../engines/array-lines.ts";
import { argExtreme } from "../../loops/reductions/arg-extremes.ts";
import { axisParam, keepdimsParam, reducedShape, requireElements, settleAxes } from "../../model/axes.ts";
import { reduceStep } from "../../model/loop-steps.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { type Work, whileHolding } from "../../model/steps.ts";

/** Each line by itself, also those whose elements lie apart. */
function argStep(a: ArraySpec, result: ArraySpec): Work {
  return { ...reduceStep(a, result), lines: { kind: "reduce", count: elementCount(result.shape) } };
}

function argOperation(name: "argmin" | "argmax", which: string, sign: 1 | -1): Operation {
  return defineOperation({
    name,
    summary: `Index of the first ${which} element along an axis, of the first NaN if there is one, as numpy.${name}`,
    inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes } },
    outputs: { result: "the shape of a without the axis, int64" },
    params: () => z.strictObject({ axis: axisParam(null), keepdims: keepdimsParam() }),
    example: { operation: name, params: { axis: 1 }, dataMatrix: [[3, 1, 2]] },

    plan({ axis, keepdims }, { a }) {
      const axes = settleAxes(axis, a);
      requireElements(a, axes);
      const result: ArraySpec = { shape: reducedShape(a.shape, axes, keepdims), dtype: "int64" };
      return {
        params: { axis, keepdims },
        outputs: { result },
        steps: whileHolding([a, result], [argStep(a, result)]),
      };
    },

    run({ axis, keepdims }, { a }, engine) {
      const axes = settleAxes(axis, a);
      const result = engine.array({ shape: reducedShape(a.shape, axes, keepdims), dtype: "int64" });
      const lines = linesAlong(a.shape, axis === null ? null : axes[0]);
      return { result: argExtreme(sign, a, lines, result, engine.nextStep()) };
    },
  });
}

export const argmin = argOperation("argmin", "least", 1);
export const argmax = argOperation("argmax", "largest", -1);
