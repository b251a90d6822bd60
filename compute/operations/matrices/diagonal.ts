import type { ArraySpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { type StridedView, stridedCopy, stridesOf } from "../../loops/rearrange/strided-copy.ts";
import { transposed } from "../../loops/rearrange/transposed.ts";
import { settleAxis } from "../../model/axes.ts";
import { rearrangeStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";

const wholeNumber = () => z.int({ error: "an integer" });
const params = () =>
  z.strictObject({
    offset: wholeNumber()
      .default(0)
      .describe("Which diagonal: above the main one if positive, below if negative"),
    axis1: wholeNumber().default(0).describe("The axis that counts rows"),
    axis2: wholeNumber().default(1).describe("The axis that counts columns"),
  });

/** Where the diagonals lie: all other axes, then along them. @throws Problem invalid-params */
function diagonalsOf(
  { shape }: ArraySpec,
  { offset, axis1, axis2 }: z.output<ReturnType<typeof params>>,
): StridedView {
  const rows = settleAxis(axis1, shape.length, "params.axis1");
  const columns = settleAxis(axis2, shape.length, "params.axis2");
  if (rows === columns) {
    throw new Problem("invalid-params", `params.axis2: expected another axis than axis1, got ${axis2}`, {
      field: "params.axis2",
      expected: "another axis than axis1",
      got: String(axis2),
    });
  }
  const strides = stridesOf(shape);
  const [down, right] = [Math.max(0, -offset), Math.max(0, offset)];
  const length = Math.max(0, Math.min(shape[rows] - down, shape[columns] - right));
  const kept = shape.map((_, axis) => axis).filter((axis) => axis !== rows && axis !== columns);
  return {
    shape: [...kept.map((axis) => shape[axis]), length],
    strides: [...kept.map((axis) => strides[axis]), strides[rows] + strides[columns]],
    first: down * strides[rows] + right * strides[columns],
  };
}

const sample = [
  [1, 2],
  [3, 4],
];

/** numpy.diagonal */
export const diagonal = defineOperation({
  name: "diagonal",
  summary: "Diagonals of matrices, as numpy.diagonal",
  inputs: { a: { description: "at least two axes", rank: { min: 2 }, dtypes: anyDtype } },
  outputs: { result: "the shape of a without axis1 and axis2, then along the diagonals; in the dtype of a" },
  params,
  differences: ["The result is a copy in C order; NumPy answers a view."],
  example: { operation: "diagonal", dataMatrix: sample },

  plan(settled, { a }) {
    const result = { shape: diagonalsOf(a, settled).shape, dtype: a.dtype };
    return {
      params: settled,
      outputs: { result },
      steps: whileHolding([a, result], [rearrangeStep(result, result)]),
    };
  },

  run(settled, { a }, engine) {
    const view = diagonalsOf(a, settled);
    const result = engine.array({ shape: view.shape, dtype: a.dtype });
    return { result: stridedCopy(a, view, result, engine.nextStep()) };
  },
});

const swapped = ({ shape }: ArraySpec): number[] => {
  const axes = shape.map((_, axis) => axis);
  return [...axes.slice(0, -2), axes[axes.length - 1], axes[axes.length - 2]];
};

/** numpy.matrix_transpose */
export const matrixTranspose = defineOperation({
  name: "matrix_transpose",
  summary: "Every matrix of a stack transposed, as numpy.matrix_transpose",
  inputs: { a: { description: "m×n; leading axes make a stack", rank: { min: 2 }, dtypes: anyDtype } },
  outputs: { result: "n×m for each, in the dtype of a" },
  params: () => z.strictObject({}),
  differences: ["The result is a copy in C order; NumPy answers a view."],
  example: { operation: "matrix_transpose", dataMatrix: sample },

  plan(_params, { a }) {
    const order = swapped(a);
    const result = { shape: order.map((axis) => a.shape[axis]), dtype: a.dtype };
    return {
      params: {},
      outputs: { result },
      steps: whileHolding([a, result], [rearrangeStep(a, result, order)]),
    };
  },

  run: (_params, { a }, engine) => ({ result: transposed(a, swapped(a), engine) }),
});
