import { type ArraySpec, dtypes } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { transposed } from "../loops/rearrange/transposed.ts";
import { settleAxis } from "../model/axes.ts";
import { rearrangeStep } from "../model/loop-steps.ts";
import { defineOperation } from "../model/operation.ts";
import { whileHolding } from "../model/steps.ts";

const params = () =>
  z.strictObject({
    axes: z
      .array(z.int({ error: "an integer" }), { error: "a list of axes, or null" })
      .nullable()
      .default(null)
      .describe("Axis i of the result is axis axes[i] of a; null reverses their order"),
  });

/** @throws Problem invalid-params for what is no permutation of the axes */
function settleOrder({ shape }: ArraySpec, axes: readonly number[] | null): number[] {
  if (axes === null) return shape.map((_, axis) => shape.length - 1 - axis);
  const order = axes.map((axis) => settleAxis(axis, shape.length, "params.axes"));
  if (order.length === shape.length && new Set(order).size === order.length) return order;
  const expected = `each of the ${shape.length} axes once`;
  throw new Problem("invalid-params", `params.axes: expected ${expected}, got (${axes.join(", ")})`, {
    field: "params.axes",
    expected,
    got: `(${axes.join(", ")})`,
  });
}

/** numpy.transpose, as a copy in C order. */
export const transpose = defineOperation({
  name: "transpose",
  aliases: ["permute_dims"],
  summary: "The axes of an array in another order, reversed by default, as numpy.transpose",
  inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes } },
  outputs: { result: "the extents of a in the new order, in its dtype" },
  params,
  differences: ["The result is a copy in C order; NumPy answers a view."],
  example: {
    operation: "transpose",
    dataMatrix: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  },

  plan({ axes }, { a }) {
    const order = settleOrder(a, axes);
    const result: ArraySpec = { shape: order.map((axis) => a.shape[axis]), dtype: a.dtype };
    return {
      params: { axes },
      outputs: { result },
      steps: whileHolding([a, result], [rearrangeStep(a, result, order)]),
    };
  },

  run({ axes }, { a }, engine) {
    return { result: transposed(a, settleOrder(a, axes), engine) };
  },
});
