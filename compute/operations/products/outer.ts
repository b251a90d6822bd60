import { elementCount, type NumberSpec } from "@sluice/contract/array";
import * as z from "zod";
import { multiplied } from "../../loops/elementwise/multiplied.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { numberDtypes } from "../dtypes.ts";

const resultOf = (a: NumberSpec, b: NumberSpec): NumberSpec => ({
  shape: [elementCount(a.shape), elementCount(b.shape)],
  dtype: resultDtype(a.dtype, b.dtype),
});

/** numpy.outer: every element of a times every element of b. */
export const outer = defineOperation({
  name: "outer",
  summary: "Outer product of two arrays taken as vectors, as numpy.outer",
  inputs: {
    a: { description: "any shape, m elements in C order", rank: { min: 0 }, dtypes: numberDtypes },
    b: { description: "any shape, n elements in C order", rank: { min: 0 }, dtypes: numberDtypes },
  },
  outputs: { result: "m×n, in NumPy's result dtype" },
  params: () => z.strictObject({}),
  example: { operation: "outer", inputs: { a: { data: [1, 2] }, b: { data: [3, 4, 5] } } },

  plan(_params, { a, b }) {
    const result = resultOf(a, b);
    return {
      params: {},
      outputs: { result },
      steps: whileHolding([a, b, result], [elementwiseStep([a, b], result)]),
    };
  },

  run(_params, { a, b }, engine) {
    const [column, row] = [
      { ...a, shape: [elementCount(a.shape), 1] },
      { ...b, shape: [1, elementCount(b.shape)] },
    ];
    return { result: multiplied(column, row, resultOf(a, b), engine) };
  },
});
