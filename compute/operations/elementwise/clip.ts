import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { applyElementwise } from "../../loops/elementwise/apply.ts";
import { clipReal } from "../../loops/elementwise/select.ts";
import { transcendentalStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { realDtypes } from "../dtypes.ts";
import { scalar } from "../program/scalar.ts";

const bound = (description: string) =>
  z.number({ error: "a number, or null for no bound" }).nullable().default(null).describe(description);

const params = () =>
  z.strictObject({
    min: bound("Elements below it become it; null for no lower bound"),
    max: bound("Elements above it become it; null for no upper bound"),
  });

/** numpy.clip with bounds that are numbers. */
export const clip = defineOperation({
  name: "clip",
  summary: "Every element held between min and max, as numpy.clip",
  inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: realDtypes } },
  outputs: { result: "the shape and dtype of a" },
  params,
  differences: [
    "The bounds are numbers, not arrays.",
    "Complex arrays are refused; NumPy orders them by real, then imaginary part.",
  ],
  example: { operation: "clip", params: { min: 0, max: 1 }, dataMatrix: [[-1, 0.5, 3]] },

  plan(settled, { a }) {
    const result: FloatingSpec = { shape: a.shape, dtype: a.dtype };
    // Two comparisons, which random data makes as slow as two thirds of an exp.
    return {
      params: settled,
      outputs: { result },
      steps: whileHolding([a, result], [transcendentalStep([a], result, 14)]),
    };
  },

  run({ min, max }, { a }, engine) {
    const result = engine.array({ shape: a.shape, dtype: a.dtype });
    const operands = [
      a,
      scalar(min ?? Number.NEGATIVE_INFINITY),
      scalar(max ?? Number.POSITIVE_INFINITY),
    ].map((array) => ({ array, as: "float64" as const }));
    return { result: applyElementwise(clipReal, operands, result, engine.nextStep()) };
  },
});
