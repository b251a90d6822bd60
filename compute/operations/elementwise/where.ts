import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { applyElementwise } from "../../loops/elementwise/apply.ts";
import { whereComplex, whereReal } from "../../loops/elementwise/select.ts";
import { broadcastShape } from "../../model/broadcast.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyDtype, realDtypes, workingDtype } from "../dtypes.ts";

const resultOf = (condition: FloatingSpec, x: FloatingSpec, y: FloatingSpec): FloatingSpec => ({
  shape: broadcastShape({ condition, x, y }),
  dtype: resultDtype(x.dtype, y.dtype),
});

/** numpy.where of three arguments. */
export const where = defineOperation({
  name: "where",
  summary: "Elements of x where condition is not zero, else of y, with broadcasting, as numpy.where",
  inputs: {
    condition: {
      description: "any shape; zero means y, everything else (NaN too) x",
      rank: { min: 0 },
      dtypes: realDtypes,
      promotes: false,
    },
    x: { description: "a shape that broadcasts with condition", rank: { min: 0 }, dtypes: anyDtype },
    y: { description: "a shape that broadcasts with both", rank: { min: 0 }, dtypes: anyDtype },
  },
  outputs: { result: "the broadcast shape, in NumPy's result dtype of x and y" },
  params: () => z.strictObject({}),
  differences: [
    "A complex condition is refused.",
    "Without x and y NumPy answers indices; here both are needed.",
  ],
  example: {
    operation: "where",
    inputs: { condition: { data: [1, 0, 1] }, x: { data: [1, 2, 3] }, y: { data: -1 } },
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
    const operands = [
      { array: condition, as: "float64" },
      { array: x, as },
      { array: y, as },
    ] as const;
    const loop = as === "complex128" ? whereComplex : whereReal;
    return { result: applyElementwise(loop, operands, result, engine.nextStep()) };
  },
});
