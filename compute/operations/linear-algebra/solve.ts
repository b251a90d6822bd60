import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { luStep, triangleStep, widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { realOrComplex, requireRightSide, requireSquare, widens } from "./checks.ts";
import { requireRegular, solveFactored } from "./elimination.ts";

/** x of a @ x = b. @throws Problem singular-matrix (run) */
export const solve = defineOperation({
  name: "solve",
  summary: "The x of a @ x = b, by LU with partial pivoting, as numpy.linalg.solve",
  inputs: {
    a: { description: "n×n", rank: 2, dtypes: realOrComplex },
    b: { description: "right side: n, or n×k for k of them", rank: { min: 1 }, dtypes: realOrComplex },
  },
  outputs: { result: "the shape of b; float64, or complex128 where an input is" },
  params: () => z.strictObject({}),
  differences: [widens],
  example: {
    operation: "solve",
    inputs: {
      a: {
        data: [
          [3, 1],
          [1, 2],
        ],
      },
      b: { data: [9, 8] },
    },
  },

  plan(_params, { a, b }) {
    const n = requireSquare("a", a);
    requireRightSide(b, n);
    const result: FloatingSpec = { shape: b.shape, dtype: resultDtype(widened(a).dtype, widened(b).dtype) };
    // A complex right side of a real matrix is two real ones.
    const columns = (b.shape[1] ?? 1) * (result.dtype === a.dtype || b.dtype !== "complex128" ? 1 : 2);
    const sides: FloatingSpec = { shape: [n, columns], dtype: widened(a).dtype };
    const triangle = triangleStep(widened(a), sides);
    return {
      params: {},
      outputs: { result },
      steps: [
        ...whileHolding([a, b, widened(a)], [luStep(a)]),
        ...whileHolding([a, b, widened(a), result], [triangle, triangle]),
      ],
    };
  },

  run(_params, { a, b }, engine) {
    const factors = engine.lu(a);
    requireRegular(factors);
    const columns = b.shape[1] ?? 1;
    const { dtype, data } = solveFactored(factors, { ...b, shape: [b.shape[0], columns] }, engine);
    engine.release(factors.lu);
    return { result: { shape: b.shape, dtype, data } };
  },
});
