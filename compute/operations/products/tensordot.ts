import type { ArraySpec, NumberArray, NumberSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { multiplied } from "../../loops/elementwise/multiplied.ts";
import { settleAxis } from "../../model/axes.ts";
import { shapeText } from "../../model/broadcast.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { numberDtypes } from "../dtypes.ts";
import { contract, type Pairing, planContraction } from "./contraction.ts";

const axis = () => z.int({ error: "an integer" });
const oneOrMore = () => z.union([axis(), z.array(axis())]);
const params = () =>
  z.strictObject({
    axes: z
      .union([axis().min(0), z.tuple([oneOrMore(), oneOrMore()])], {
        error: "a number of axes, or a pair of lists of axes",
      })
      .default(2)
      .describe(
        "So many last axes of a and first of b; or the axes of a, then those of b, that are summed over",
      ),
  });
type Axes = z.output<ReturnType<typeof params>>["axes"];

function refuse(field: string, expected: string, got: string): never {
  throw new Problem("invalid-params", `${field}: expected ${expected}, got ${got}`, { field, expected, got });
}

/** @throws Problem invalid-params for axes that do not exist or come twice, invalid-shape for unequal extents */
function pairsOf(axes: Axes, a: ArraySpec, b: ArraySpec): Pairing["summed"] {
  const field = "params.axes";
  const [ofA, ofB] =
    typeof axes === "number"
      ? [
          Array.from({ length: axes }, (_, index) => index - axes),
          Array.from({ length: axes }, (_, index) => index),
        ]
      : axes.map((list) => (typeof list === "number" ? [list] : list));
  if (ofA.length !== ofB.length) {
    refuse(field, `as many axes of b as of a, ${ofA.length}`, String(ofB.length));
  }
  const [left, right] = [
    ofA.map((one) => settleAxis(one, a.shape.length, field)),
    ofB.map((one) => settleAxis(one, b.shape.length, field)),
  ];
  for (const list of [left, right]) {
    if (new Set(list).size !== list.length) refuse(field, "each axis once", shapeText(list));
  }
  return left.map((one, index) => {
    const other = right[index];
    if (a.shape[one] === b.shape[other]) return [one, other] as const;
    const expected = `extent ${a.shape[one]} along axis ${other}, as axis ${one} of inputs.a`;
    throw new Problem("invalid-shape", `inputs.b must have ${expected}, not ${b.shape[other]}.`, {
      field: "inputs.b",
      expected,
      got: String(b.shape[other]),
    });
  });
}

const anyShape = { description: "any shape", rank: { min: 0 }, dtypes: numberDtypes } as const;
const inAnotherOrder = "Within the rounding of a matrix product of NumPy's: sums are taken in another order.";

/** numpy.tensordot */
export const tensordot = defineOperation({
  name: "tensordot",
  summary: "Sum of products over pairs of axes, as numpy.tensordot",
  inputs: { a: anyShape, b: anyShape },
  outputs: { result: "the other axes of a, then those of b, in NumPy's result dtype" },
  params,
  differences: [inAnotherOrder],
  example: {
    operation: "tensordot",
    params: { axes: [[0], [1]] },
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

  plan({ axes }, { a, b }) {
    const summed = pairsOf(axes, a, b);
    const { result, steps } = planContraction(a, b, { batch: [], summed });
    return { params: { axes }, outputs: { result }, steps };
  },

  run: ({ axes }, { a, b }, engine) => ({
    result: contract(a, b, { batch: [], summed: pairsOf(axes, a, b) }, engine),
  }),
});

const isNumber = ({ shape }: ArraySpec): boolean => shape.length === 0;
const lastAxes: Axes = [-1, -1];

/** numpy.inner; a number scales the other array. */
export const inner = defineOperation({
  name: "inner",
  summary: "Sum of products over the last axes, as numpy.inner",
  inputs: { a: anyShape, b: anyShape },
  outputs: { result: "the other axes of a, then those of b, in NumPy's result dtype" },
  params: () => z.strictObject({}),
  differences: [inAnotherOrder],
  example: { operation: "inner", inputs: { a: { data: [1, 2, 3] }, b: { data: [4, 5, 6] } } },

  plan(_params, { a, b }) {
    if (isNumber(a) || isNumber(b)) {
      const result: NumberSpec = { shape: [...a.shape, ...b.shape], dtype: resultDtype(a.dtype, b.dtype) };
      const steps = whileHolding([a, b, result], [elementwiseStep([a, b], result)]);
      return { params: {}, outputs: { result }, steps };
    }
    const { result, steps } = planContraction(a, b, { batch: [], summed: pairsOf(lastAxes, a, b) });
    return { params: {}, outputs: { result }, steps };
  },

  run(_params, { a, b }, engine): { result: NumberArray } {
    if (isNumber(a) || isNumber(b)) {
      const shape = [...a.shape, ...b.shape];
      return { result: multiplied(a, b, { shape, dtype: resultDtype(a.dtype, b.dtype) }, engine) };
    }
    return { result: contract(a, b, { batch: [], summed: pairsOf(lastAxes, a, b) }, engine) };
  },
});
