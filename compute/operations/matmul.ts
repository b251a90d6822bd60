import type { FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { defineOperation } from "../model/operation.ts";
import { resultDtype } from "../model/result-dtype.ts";
import { matmulStep, whileHolding } from "../model/steps.ts";
import { anyDtype } from "./dtypes.ts";

/** a @ b of two matrices, in NumPy's result dtype. Empty extents are allowed and sum to zero. */
export const matmul = defineOperation({
  name: "matmul",
  summary: "Matrix product a @ b of two matrices, as numpy.matmul",
  inputs: {
    a: { description: "left factor, m×k", rank: 2, dtypes: anyDtype },
    b: { description: "right factor, k×n", rank: 2, dtypes: anyDtype },
  },
  outputs: { result: "m×n, in NumPy's result dtype" },
  params: () => z.strictObject({}),
  example: {
    operation: "matmul",
    inputs: {
      a: {
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      b: {
        data: [
          [5, 6],
          [7, 8],
        ],
      },
    },
  },

  plan(_params, { a, b }) {
    if (a.shape[1] !== b.shape[0]) {
      throw new Problem(
        "invalid-shape",
        `inputs.b must have as many rows as inputs.a has columns: a is ${a.shape.join("×")}, b is ${b.shape.join("×")}.`,
        { field: "inputs.b", expected: `${a.shape[1]} rows`, got: `${b.shape[0]} rows` },
      );
    }
    const result: FloatingSpec = { shape: [a.shape[0], b.shape[1]], dtype: resultDtype(a.dtype, b.dtype) };
    return {
      params: {},
      outputs: { result },
      steps: whileHolding([a, b, result], [matmulStep(a, b, result)]),
    };
  },

  run(_params, { a, b }, engine) {
    return { result: engine.matmul(a, b) };
  },
});
