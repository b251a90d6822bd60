import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { gramian, gramianSteps } from "../../loops/products/gramian.ts";
import { defineOperation } from "../../model/operation.ts";
import { anyDtype } from "../dtypes.ts";

/** Aᴴ·A; NumPy has no function of its own for it. */
export const gram = defineOperation({
  name: "gram",
  summary: "Gram matrix of the columns, aᴴ · a: numpy.conj(a.T) @ a",
  inputs: { a: { description: "m×n", rank: 2, dtypes: anyDtype } },
  outputs: { result: "n×n, in the dtype of a; Hermitian up to rounding" },
  params: () => z.strictObject({}),
  differences: ["Within the rounding of a matrix product of NumPy's: sums are taken in another order."],
  example: {
    operation: "gram",
    dataMatrix: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  },

  plan(_params, { a }) {
    const result: FloatingSpec = { shape: [a.shape[1], a.shape[1]], dtype: a.dtype };
    return { params: {}, outputs: { result }, steps: gramianSteps(a, result) };
  },

  run(_params, { a }, engine) {
    return { result: gramian(a, engine) };
  },
});
