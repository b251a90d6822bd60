import { type ArraySpec, type Dtype, elementCount, floatingDtypes } from "@sluice/contract/array";
import * as z from "zod";
import { linesAlong } from "../../engines/array-lines.ts";
import { cumulativeSum } from "../../loops/reductions/cumulative-sum.ts";
import { axisParam, settleAxis } from "../../model/axes.ts";
import { reduceStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { type Work, whileHolding } from "../../model/steps.ts";

const dtypes = [...floatingDtypes, "int64"] as const satisfies readonly Dtype[];
type Added = (typeof dtypes)[number];

const resultOf = ({ shape, dtype }: ArraySpec<Added>, axis: number | null): ArraySpec<Added> => ({
  shape: axis === null ? [elementCount(shape)] : shape,
  dtype,
});

/** @throws Problem invalid-params */
const linesOf = ({ shape }: ArraySpec, axis: number | null) =>
  linesAlong(shape, axis === null ? null : settleAxis(axis, shape.length));

/** numpy.cumsum, the same to the bit. */
export const cumsum = defineOperation({
  name: "cumsum",
  summary: "Running sums along an axis, as numpy.cumsum",
  inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes } },
  outputs: { result: "the shape and dtype of a, int64 for bool; one axis when axis is null" },
  params: () => z.strictObject({ axis: axisParam(null) }),
  example: {
    operation: "cumsum",
    params: { axis: 1 },
    dataMatrix: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  },

  plan({ axis }, { a }) {
    const { lines, inner } = linesOf(a, axis);
    const result = resultOf(a, axis);
    // Lines side by side are one block.
    const step: Work = { ...reduceStep(a, result), lines: { kind: "reduce", count: lines / (inner || 1) } };
    return {
      params: { axis },
      outputs: { result },
      steps: whileHolding([a, result], [step]),
    };
  },

  run({ axis }, { a }, engine) {
    const result = engine.array(resultOf(a, axis));
    return { result: cumulativeSum(a, linesOf(a, axis), result, engine.nextStep()) };
  },
});
