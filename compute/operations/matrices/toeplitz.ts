import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { partsOf } from "@sluice/contract/array";
import * as z from "zod";
import { rearrangeStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";

const resultOf = (c: FloatingSpec, r: FloatingSpec): FloatingSpec => ({
  shape: [c.shape[0], r.shape[0]],
  dtype: resultDtype(c.dtype, r.dtype),
});

/** Copies element `from` of an array over element `to` of a result of the same width or twice it. */
function place(array: FloatingArray, from: number, result: FloatingArray, to: number): void {
  const [own, parts] = [partsOf(array), partsOf(result)];
  result.data[to * parts] = array.data[from * own];
  if (parts === 2) result.data[to * 2 + 1] = own === 2 ? array.data[from * 2 + 1] : 0;
}

/** scipy.linalg.toeplitz of a column and a row. */
export const toeplitz = defineOperation({
  name: "toeplitz",
  summary: "The matrix whose diagonals are constant, from its first column and row, as scipy.linalg.toeplitz",
  inputs: {
    c: { description: "the first column, m", rank: 1, dtypes: anyDtype },
    r: { description: "the first row, n; its first element is not read", rank: 1, dtypes: anyDtype },
  },
  outputs: { result: "m×n, in NumPy's result dtype" },
  params: () => z.strictObject({}),
  differences: ["r must be given; SciPy takes the conjugate of c for it."],
  example: { operation: "toeplitz", inputs: { c: { data: [1, 2, 3] }, r: { data: [1, 4, 5] } } },

  plan(_params, { c, r }) {
    const result = resultOf(c, r);
    return {
      params: {},
      outputs: { result },
      steps: whileHolding([c, r, result], [rearrangeStep(result, result)]),
    };
  },

  run(_params, { c, r }, engine) {
    const result = engine.array(resultOf(c, r));
    const onFraction = engine.nextStep();
    const [m, n] = result.shape;
    for (let i = 0; i < m; i += 1) {
      for (let j = 0; j < n; j += 1) {
        if (j > i) place(r, j - i, result, i * n + j);
        else place(c, i - j, result, i * n + j);
      }
    }
    onFraction(1);
    return { result };
  },
});
