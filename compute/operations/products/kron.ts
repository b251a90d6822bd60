import type { ArraySpec } from "@sluice/contract/array";
import * as z from "zod";
import { multiplied } from "../../loops/elementwise/multiplied.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";

/** Both shapes with as many axes, by leading ones of extent 1. */
function aligned(a: ArraySpec, b: ArraySpec): { left: number[]; right: number[] } {
  const rank = Math.max(a.shape.length, b.shape.length);
  const pad = ({ shape }: ArraySpec) => [...new Array(rank - shape.length).fill(1), ...shape];
  return { left: pad(a), right: pad(b) };
}

function resultOf(a: ArraySpec, b: ArraySpec): ArraySpec {
  const { left, right } = aligned(a, b);
  return { shape: left.map((extent, axis) => extent * right[axis]), dtype: resultDtype(a.dtype, b.dtype) };
}

/** numpy.kron: b in place of every element of a, times that element. */
export const kron = defineOperation({
  name: "kron",
  summary: "Kronecker product, as numpy.kron",
  inputs: {
    a: { description: "any shape", rank: { min: 0 }, dtypes: anyDtype },
    b: { description: "any shape", rank: { min: 0 }, dtypes: anyDtype },
  },
  outputs: { result: "along each axis the product of both extents, in NumPy's result dtype" },
  params: z.strictObject({}),
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
    return {
      params: {},
      outputs: { result },
      steps: whileHolding([a, b, result], [elementwiseStep([a, b], result)]),
    };
  },

  run(_params, { a, b }, engine) {
    // Axes of a and b in turns: broadcasting along them is the product, and taken together they are its axes.
    const { left, right } = aligned(a, b);
    const spread = {
      shape: left.flatMap((extent, axis) => [extent, right[axis]]),
      dtype: resultDtype(a.dtype, b.dtype),
    };
    const product = multiplied(
      { ...a, shape: left.flatMap((extent) => [extent, 1]) },
      { ...b, shape: right.flatMap((extent) => [1, extent]) },
      spread,
      engine,
    );
    return { result: { ...product, shape: resultOf(a, b).shape } };
  },
});
