import type { ArraySpec, NumberSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { shapeText } from "../model/broadcast.ts";
import { inCommonDtype } from "../model/dtypes/common-dtype.ts";
import { defineOperation } from "../model/operation.ts";
import { numberDtypes } from "./dtypes.ts";
import { planProduct, product } from "./products/stacked-product.ts";

const isVector = ({ shape }: ArraySpec): boolean => shape.length === 1;

/** A vector on the left as one row, on the right as one column. */
function asMatrices<Spec extends NumberSpec>(a: Spec, b: Spec): readonly [Spec, Spec] {
  return [
    isVector(a) ? { ...a, shape: [1, ...a.shape] } : a,
    isVector(b) ? { ...b, shape: [...b.shape, 1] } : b,
  ];
}

/** The product's shape without the axes that vectors were given. */
function squeezed(shape: readonly number[], a: ArraySpec, b: ArraySpec): number[] {
  const end = shape.length - (isVector(b) ? 1 : 0);
  const kept = shape.slice(0, end);
  return isVector(a) ? kept.filter((_, axis) => axis !== shape.length - 2) : kept;
}

/** @throws Problem invalid-shape */
function requireSameInner(a: ArraySpec, b: ArraySpec): void {
  const [inner, rows] = [a.shape.at(-1), b.shape.at(isVector(b) ? -1 : -2)];
  if (inner === rows) return;
  throw new Problem(
    "invalid-shape",
    `inputs.b must have as many rows as inputs.a has columns: a has shape ${shapeText(a.shape)}, b has ${shapeText(b.shape)}.`,
    { field: "inputs.b", expected: `${inner} rows`, got: `${rows} rows` },
  );
}

/** a @ b over vectors, matrices and stacks of them, in NumPy's result dtype. Empty extents are allowed and sum to zero. */
export const matmul = inCommonDtype(
  defineOperation({
    name: "matmul",
    summary: "Matrix product a @ b, as numpy.matmul",
    inputs: {
      a: {
        description: "left factor, m×k; a vector is one row, leading axes make a stack and broadcast",
        rank: { min: 1 },
        dtypes: numberDtypes,
      },
      b: {
        description: "right factor, k×n; a vector is one column, leading axes make a stack and broadcast",
        rank: { min: 1 },
        dtypes: numberDtypes,
      },
    },
    outputs: { result: "m×n, without the axis of a vector, in NumPy's result dtype" },
    params: () => z.strictObject({}),
    example: {
      operation: "matmul",
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

    plan(_params, { a, b }) {
      requireSameInner(a, b);
      const { result, steps } = planProduct(...asMatrices(a, b));
      return {
        params: {},
        outputs: { result: { ...result, shape: squeezed(result.shape, a, b) } },
        steps,
      };
    },

    run(_params, { a, b }, engine) {
      const result = product(...asMatrices(a, b), engine);
      return { result: { ...result, shape: squeezed(result.shape, a, b) } };
    },
  }),
);
