import { type ArraySpec, dtypes, elementCount } from "@sluice/contract/array";
import { dataBytes } from "@sluice/contract/npy";
import * as z from "zod";
import { linesAlong } from "../../engines/array-lines.ts";
import { sortingSpare, sortLines } from "../../loops/sorting/sort-lines.ts";
import { axisParam, settleAxis } from "../../model/axes.ts";
import { sortStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";

const resultOf = ({ shape, dtype }: ArraySpec, axis: number | null): ArraySpec => ({
  shape: axis === null ? [elementCount(shape)] : shape,
  dtype,
});

/** @throws Problem invalid-params */
const linesOf = ({ shape }: ArraySpec, axis: number | null) =>
  linesAlong(shape, axis === null ? null : settleAxis(axis, shape.length));

/** numpy.sort */
export const sort = defineOperation({
  name: "sort",
  summary: "Elements in rising order along an axis, NaN last, as numpy.sort",
  inputs: {
    a: { description: "any shape; a number only with axis null", rank: { min: 0 }, dtypes },
  },
  outputs: { result: "the shape and dtype of a; one axis when axis is null" },
  params: () => z.strictObject({ axis: axisParam(-1) }),
  differences: ["-0 comes before 0; NumPy leaves the two, which are equal, in any order."],
  example: { operation: "sort", dataMatrix: [[3, 1, 2]] },

  plan({ axis }, { a }) {
    const { points } = linesOf(a, axis);
    const result = resultOf(a, axis);
    return {
      params: { axis },
      outputs: { result },
      steps: whileHolding([a, result, sortingSpare(a, points)], [sortStep(a, points)]),
    };
  },

  run({ axis }, { a }, engine) {
    const result = engine.array(resultOf(a, axis));
    dataBytes(result).set(dataBytes(a));
    return { result: sortLines(result, linesOf(a, axis), engine.nextStep()) };
  },
});
