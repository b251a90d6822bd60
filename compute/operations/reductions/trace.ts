import { type ArraySpec, type DenseArray, type Dtype, floatingDtypes } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { stridedCopy, stridesOf } from "../../loops/rearrange/strided-copy.ts";
import { sumInteger } from "../../loops/reductions/integers.ts";
import { sumFolds } from "../../loops/reductions/moments.ts";
import { type AnyFold, reduce } from "../../loops/reductions/reduce.ts";
import { settleAxis } from "../../model/axes.ts";
import { rearrangeStep, reduceStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";

const wholeNumber = () => z.int({ error: "an integer" });
const params = () =>
  z.strictObject({
    offset: wholeNumber()
      .default(0)
      .describe("Which diagonal: above the main one if positive, below if negative"),
    axis1: wholeNumber().default(0).describe("The axis that counts rows"),
    axis2: wholeNumber().default(1).describe("The axis that counts columns"),
  });

const dtypes = [...floatingDtypes, "int64"] as const satisfies readonly Dtype[];
type Summed = (typeof dtypes)[number];
const folds: Readonly<Record<Summed, AnyFold>> = { ...sumFolds, int64: sumInteger };

interface Diagonals {
  /** Extents and element strides of the diagonals as an array of their own. */
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly first: number;
  /** The axis of that array to be summed. */
  readonly axis: number;
  readonly result: ArraySpec<Summed>;
}

/** @throws Problem invalid-params */
function diagonals(
  { shape, dtype }: ArraySpec<Summed>,
  { offset, axis1, axis2 }: z.output<ReturnType<typeof params>>,
): Diagonals {
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
  const keptShape = kept.map((axis) => shape[axis]);
  const keptStrides = kept.map((axis) => strides[axis]);
  const stride = strides[rows] + strides[columns];
  // As NumPy walks memory: diagonals closest together are added side by side, else each by itself, pairwise.
  const together = kept.some((axis) => shape[axis] > 1 && strides[axis] < stride);
  return {
    shape: together ? [length, ...keptShape] : [...keptShape, length],
    strides: together ? [stride, ...keptStrides] : [...keptStrides, stride],
    first: down * strides[rows] + right * strides[columns],
    axis: together ? 0 : keptShape.length,
    result: { shape: keptShape, dtype },
  };
}

function sumOf(lines: DenseArray, { axis, result }: Diagonals, engine: Engine): DenseArray {
  const sum: DenseArray = engine.array(result);
  if (sum.dtype === "int64") sum.data.fill(0n);
  else sum.data.fill(0);
  return reduce(folds[result.dtype], lines, [axis], sum, engine.nextStep());
}

/** numpy.trace */
export const trace = defineOperation({
  name: "trace",
  summary: "Sum along diagonals, as numpy.trace",
  inputs: { a: { description: "at least two axes", rank: { min: 2 }, dtypes } },
  outputs: { result: "the shape of a without axis1 and axis2, in the dtype of a, int64 for bool" },
  params,
  example: {
    operation: "trace",
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },

  plan(settled, { a }) {
    const { shape, result } = diagonals(a, settled);
    const lines: ArraySpec<Summed> = { shape, dtype: a.dtype };
    return {
      params: settled,
      outputs: { result },
      steps: whileHolding(
        [a, lines, result],
        [rearrangeStep(lines, lines), reduceStep(lines, result, [shape.length - 1])],
      ),
    };
  },

  run(settled, { a }, engine) {
    const found = diagonals(a, settled);
    const lines = engine.array({ shape: found.shape, dtype: a.dtype });
    stridedCopy(a, found, lines, engine.nextStep());
    const result = sumOf(lines, found, engine);
    engine.release(lines);
    return { result };
  },
});
