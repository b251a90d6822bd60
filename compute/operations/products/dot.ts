import { elementCount, type NumberSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { multiplied } from "../../loops/elementwise/multiplied.ts";
import { transposed } from "../../loops/rearrange/transposed.ts";
import { elementwiseStep, rearrangeStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { numberDtypes } from "../dtypes.ts";
import { product, productStep } from "./stacked-product.ts";

/** The axis of b that is summed over: its only one, or the last but one. */
const summedAxis = ({ shape }: NumberSpec): number => Math.max(0, shape.length - 2);

/** b with the summed axis first, where it is not already. */
function order(b: NumberSpec): number[] {
  const axis = summedAxis(b);
  return [axis, ...b.shape.map((_, index) => index).filter((index) => index !== axis)];
}

function resultOf(a: NumberSpec, b: NumberSpec): NumberSpec {
  const dtype = resultDtype(a.dtype, b.dtype);
  if (a.shape.length === 0 || b.shape.length === 0) return { shape: [...a.shape, ...b.shape], dtype };
  const rest = b.shape.filter((_, axis) => axis !== summedAxis(b));
  return { shape: [...a.shape.slice(0, -1), ...rest], dtype };
}

/** The factors as matrices: m×k and k×n. */
function asMatrices<Spec extends NumberSpec>(a: Spec, b: Spec): { left: Spec; right: Spec } {
  const inner = a.shape[a.shape.length - 1];
  const m = elementCount(a.shape.slice(0, -1));
  const n = elementCount(b.shape.filter((_, axis) => axis !== summedAxis(b)));
  return { left: { ...a, shape: [m, inner] }, right: { ...b, shape: [inner, n] } };
}

/** numpy.dot over all ranks. */
export const dot = defineOperation({
  name: "dot",
  summary: "Sum product over the last axis of a and the last but one of b, as numpy.dot",
  inputs: {
    a: { description: "any shape", rank: { min: 0 }, dtypes: numberDtypes },
    b: {
      description: "a vector, or an array with as many rows as the last axis of a is long; a number scales a",
      rank: { min: 0 },
      dtypes: numberDtypes,
    },
  },
  outputs: { result: "the other axes of a, then those of b, in NumPy's result dtype" },
  params: () => z.strictObject({}),
  differences: ["Within the rounding of a matrix product of NumPy's: sums are taken in another order."],
  example: { operation: "dot", inputs: { a: { data: [1, 2, 3] }, b: { data: [4, 5, 6] } } },

  plan(_params, { a, b }) {
    const result = resultOf(a, b);
    if (a.shape.length === 0 || b.shape.length === 0) {
      const steps = whileHolding([a, b, result], [elementwiseStep([a, b], result)]);
      return { params: {}, outputs: { result }, steps };
    }
    const [inner, rows] = [a.shape[a.shape.length - 1], b.shape[summedAxis(b)]];
    if (inner !== rows) {
      throw new Problem(
        "invalid-shape",
        `inputs.b must be ${inner} long along axis ${summedAxis(b)}, as the last axis of inputs.a, not ${rows}.`,
        { field: "inputs.b", expected: `extent ${inner} along axis ${summedAxis(b)}`, got: String(rows) },
      );
    }
    const { left, right } = asMatrices(a, b);
    const matrix: NumberSpec = { shape: [left.shape[0], right.shape[1]], dtype: result.dtype };
    const turns = b.shape.length > 2;
    return {
      params: {},
      outputs: { result },
      steps: [
        ...(turns ? whileHolding([a, b, b], [rearrangeStep(b, b)]) : []),
        ...whileHolding([a, b, ...(turns ? [b] : []), result], [productStep(left, right, matrix)]),
      ],
    };
  },

  run(_params, { a, b }, engine) {
    const { shape, dtype } = resultOf(a, b);
    if (a.shape.length === 0 || b.shape.length === 0) {
      return { result: multiplied(a, b, { shape, dtype }, engine) };
    }
    const turned = b.shape.length > 2 ? transposed(b, order(b), engine) : undefined;
    const { left, right } = asMatrices(a, b);
    const found = product(left, turned ? { ...turned, shape: right.shape } : right, engine);
    if (turned) engine.release(turned);
    return { result: { ...found, shape } };
  },
});
