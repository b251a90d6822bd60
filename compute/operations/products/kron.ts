import type { NumberSpec } from "@sluice/contract/array";
import * as z from "zod";
import { multiplied } from "../../loops/elementwise/multiplied.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { numberDtypes } from "../dtypes.ts";

/** Both shapes with as many axes, by leading ones of extent 1. */
function aligned(a: NumberSpec, b: NumberSpec): { left: number[]; right: number[] } {
  const rank = Math.max(a.shape.length, b.shape.length);
  const pad = ({ shape }: NumberSpec) => [...new Array(rank - shape.length).fill(1), ...shape];
  return { left: pad(a), right: pad(b) };
}

/** Axes of a and b in turns: broadcasting along them is the product, and taken together they are its axes. */
function inTurns(a: NumberSpec, b: NumberSpec): { a: number[]; b: number[]; both: number[] } {
  const { left, right } = aligned(a, b);
  return {
    a: left.flatMap((extent) => [extent, 1]),
    b: right.flatMap((extent) => [1, extent]),
    both: left.flatMap((extent, axis) => [extent, right[axis]]),
  };
}

function resultOf(a: NumberSpec, b: NumberSpec): NumberSpec {
  const { left, right } = aligned(a, b);
  return { shape: left.map((extent, axis) => extent * right[axis]), dtype: resultDtype(a.dtype, b.dtype) };
}

/** numpy.kron: b in place of every element of a, times that element. */
export const kron = defineOperation({
  name: "kron",
  summary: "Kronecker product, as numpy.kron",
  inputs: {
    a: { description: "any shape", rank: { min: 0 }, dtypes: numberDtypes },
    b: { description: "any shape", rank: { min: 0 }, dtypes: numberDtypes },
  },
  outputs: { result: "along each axis the product of both extents, in NumPy's result dtype" },
  params: () => z.strictObject({}),
  example: {
    operation: "kron",
    inputs: {
      a: { data: [[1, 2]] },
      b: {
        data: [
          [1, 0],
          [0, 1],
        ],
      },
    },
  },

  plan(_params, { a, b }) {
    const result = resultOf(a, b);
    const shapes = inTurns(a, b);
    const [left, right] = [
      { ...a, shape: shapes.a },
      { ...b, shape: shapes.b },
    ];
    const spread = { ...result, shape: shapes.both };
    return {
      params: {},
      outputs: { result },
      steps: whileHolding([a, b, result], [elementwiseStep([left, right], spread)]),
    };
  },

  run(_params, { a, b }, engine) {
    const shapes = inTurns(a, b);
    const result = resultOf(a, b);
    const spread = { ...result, shape: shapes.both };
    const product = multiplied({ ...a, shape: shapes.a }, { ...b, shape: shapes.b }, spread, engine);
    return { result: { ...product, shape: result.shape } };
  },
});
