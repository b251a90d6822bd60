/** cov, corrcoef: how variables vary together. */
import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { correlationInPlace } from "../../loops/products/correlation.ts";
import { covariance, covarianceShape, covarianceSteps, layoutOf } from "../../loops/products/covariance.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";

const inputs = {
  a: {
    description: "variables × observations, or one variable's observations",
    rank: { min: 0, max: 2 },
    dtypes: anyDtype,
  },
};
const rowvarParam = () =>
  z
    .boolean({ error: "true or false" })
    .default(true)
    .describe("Whether each row is a variable; false when each column is one");
const differences = [
  "One input: no second set of variables, no weights.",
  "Within the rounding of a matrix product of NumPy's: sums are taken in another order.",
  "With too few observations it answers NaN or infinity without a warning.",
];
const dataMatrix = [
  [1, 2, 4],
  [3, 1, 0],
];

export const cov = defineOperation({
  name: "cov",
  summary: "Covariance matrix of variables, as numpy.cov",
  inputs,
  outputs: { result: "variables × variables, a number for one; complex128 for complex128, else float64" },
  params: () =>
    z.strictObject({
      rowvar: rowvarParam(),
      bias: z
        .boolean({ error: "true or false" })
        .default(false)
        .describe("Divides by the number of observations, not by one less"),
      ddof: z
        .int({ error: "an integer, or null for what bias says" })
        .nullable()
        .default(null)
        .describe("Divides by the number of observations less this; null for what bias says"),
    }),
  differences,
  example: { operation: "cov", dataMatrix },

  plan(params, { a }) {
    const layout = layoutOf(a, params.rowvar);
    const result: FloatingSpec = { shape: covarianceShape(layout), dtype: layout.dtype };
    return { params, outputs: { result }, steps: covarianceSteps(a, layout) };
  },

  run({ rowvar, bias, ddof }, { a }, engine) {
    const layout = layoutOf(a, rowvar);
    const matrix = covariance(a, layout, ddof ?? (bias ? 0 : 1), engine);
    return { result: { ...matrix, shape: covarianceShape(layout) } };
  },
});

export const corrcoef = defineOperation({
  name: "corrcoef",
  summary: "Pearson correlation coefficients of variables, as numpy.corrcoef",
  inputs,
  outputs: { result: "variables × variables, a number for one; complex128 for complex128, else float64" },
  params: () => z.strictObject({ rowvar: rowvarParam() }),
  differences,
  example: { operation: "corrcoef", dataMatrix },

  plan(params, { a }) {
    const layout = layoutOf(a, params.rowvar);
    const result: FloatingSpec = { shape: covarianceShape(layout), dtype: layout.dtype };
    const dividing = whileHolding([a, result], [elementwiseStep([result, result], result, 4)]);
    return { params, outputs: { result }, steps: [...covarianceSteps(a, layout), ...dividing] };
  },

  run({ rowvar }, { a }, engine) {
    const layout = layoutOf(a, rowvar);
    const matrix = covariance(a, layout, 1, engine);
    return { result: correlationInPlace({ ...matrix, shape: covarianceShape(layout) }, engine) };
  },
});
