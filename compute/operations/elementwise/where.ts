import { type ArraySpec, dtypes } from "@sluice/contract/array";
import * as z from "zod";
import { applyElementwise, type Operand } from "../../loops/elementwise/apply.ts";
import { whereNotZero, whereTrue } from "../../loops/elementwise/select.ts";
import { broadcastShape } from "../../model/broadcast.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { workingDtype } from "../dtypes.ts";

const resultOf = (condition: ArraySpec, x: ArraySpec, y: ArraySpec): ArraySpec => ({
  shape: broadcastShape({ condition, x, y }),
  dtype: resultDtype(x.dtype, y.dtype),
});

/** numpy.where of three arguments. */
export const where = defineOperation({
  name: "where",
  summary: "Elements of x where condition is true (not zero), else of y, with broadcasting, as numpy.where",
  inputs: {
    condition: {
      description: "any shape; false or zero means y, everything else (NaN too) x",
      rank: { min: 0 },
      dtypes,
      promotes: false,
    },
    x: { description: "a shape that broadcasts with condition", rank: { min: 0 }, dtypes },
    y: { description: "a shape that broadcasts with both", rank: { min: 0 }, dtypes },
  },
  outputs: { result: "the broadcast shape, in NumPy's result dtype of x and y" },
  params: () => z.strictObject({}),
  differences: ["Without x and y NumPy answers indices; here both are needed."],
  example: {
    operation: "where",
    inputs: { condition: { data: [true, false, true] }, x: { data: [1, 2, 3] }, y: { data: -1 } },
  },

  plan(_params, { condition, x, y }) {
    const result = resultOf(condition, x, y);
    return {
      params: {},
      outputs: { result },
      steps: whileHolding([condition, x, y, result], [elementwiseStep([condition, x, y], result)]),
    };
  },

  run(_params, { condition, x, y }, engine) {
    const result = engine.array(resultOf(condition, x, y));
    const as = workingDtype(result.dtype);
    // A condition of float64 is read as it lies where a loop does so; any other is staged as bool.
    const direct = condition.dtype === "float64" ? whereNotZero[as] : undefined;
    const operands: Operand[] = [
      { array: condition, as: direct ? "float64" : "bool" },
      { array: x, as },
      { array: y, as },
    ];
    const loop = direct ?? whereTrue[as];
    return { result: applyElementwise(loop, operands, result, engine.nextStep()) };
  },
});
