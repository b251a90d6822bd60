import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { applyElementwise } from "../../loops/elementwise/apply.ts";
import { absReal } from "../../loops/elementwise/functions.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { absoluteStep, whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";

const resultOf = ({ shape, dtype }: FloatingSpec): FloatingSpec => ({
  shape,
  dtype: dtype === "complex128" ? "float64" : dtype,
});

/** numpy.absolute: the magnitude of complex elements, without overflow on the way. */
export const abs = defineOperation({
  name: "abs",
  summary: "Absolute value or complex magnitude of every element, as numpy.abs",
  inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: anyDtype } },
  outputs: { result: "the shape of a; float64 for complex128, else the dtype of a" },
  params: () => z.strictObject({}),
  differences: ["Complex magnitudes are within 2 units in the last place of NumPy's."],
  example: { operation: "abs", dataMatrix: [[-1, 2, -3]] },

  plan(_params, { a }) {
    const result = resultOf(a);
    const step = a.dtype === "complex128" ? absoluteStep(a) : elementwiseStep([a], result);
    return { params: {}, outputs: { result }, steps: whileHolding([a, result], [step]) };
  },

  run(_params, { a }, engine) {
    if (a.dtype === "complex128") return { result: engine.absolute(a) };
    const result = engine.array(resultOf(a));
    return {
      result: applyElementwise(absReal, [{ array: a, as: "float64" }], result, engine.nextStep()),
    };
  },
});
