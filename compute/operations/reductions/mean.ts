import { type FloatingSpec, floatingDtypes } from "@sluice/contract/array";
import * as z from "zod";
import { meanOver, meanSteps } from "../../loops/reductions/moments.ts";
import { axesParam, keepdimsParam, reducedShape, settleAxes } from "../../model/axes.ts";
import { defineOperation } from "../../model/operation.ts";

/** numpy.mean, the same to the bit. */
export const mean = defineOperation({
  name: "mean",
  summary: "Mean over axes, as numpy.mean; NaN over no elements",
  inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: floatingDtypes } },
  outputs: {
    result: "the shape of a without the reduced axes, in the dtype of a; float64 for bool and int64",
  },
  params: () => z.strictObject({ axis: axesParam(), keepdims: keepdimsParam() }),
  example: {
    operation: "mean",
    params: { axis: 0 },
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },

  plan({ axis, keepdims }, { a }) {
    const axes = settleAxes(axis, a);
    const shape = reducedShape(a.shape, axes, keepdims);
    const result: FloatingSpec = { shape, dtype: a.dtype };
    return { params: { axis, keepdims }, outputs: { result }, steps: meanSteps(a, result, axes) };
  },

  run({ axis, keepdims }, { a }, engine) {
    return { result: meanOver(a, settleAxes(axis, a), keepdims, engine) };
  },
});
