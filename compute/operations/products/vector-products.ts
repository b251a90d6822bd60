import type { ArraySpec, NumberSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { shapeText } from "../../model/broadcast.ts";
import { defineOperation } from "../../model/operation.ts";
import { numberDtypes } from "../dtypes.ts";
import { behindConjugation, conjugated } from "./conjugated.ts";
import { planProduct, product } from "./stacked-product.ts";

const vector = (letter: string) =>
  ({
    description: `${letter}; leading axes make a stack, and broadcast`,
    rank: { min: 1 },
    dtypes: numberDtypes,
  }) as const;
const matrix = (letters: string) =>
  ({
    description: `${letters}; leading axes make a stack, and broadcast`,
    rank: { min: 2 },
    dtypes: numberDtypes,
  }) as const;

const asColumn = <Spec extends NumberSpec>(b: Spec): Spec => ({ ...b, shape: [...b.shape, 1] });
const asRow = <Spec extends NumberSpec>(a: Spec): Spec => ({
  ...a,
  shape: [...a.shape.slice(0, -1), 1, ...a.shape.slice(-1)],
});
const without = (shape: readonly number[], back: number): number[] =>
  shape.filter((_, axis) => axis !== shape.length - back);

/** @throws Problem invalid-shape */
function requireExtents(
  one: number | undefined,
  other: number | undefined,
  a: ArraySpec,
  b: ArraySpec,
): void {
  if (one === other) return;
  throw new Problem(
    "invalid-shape",
    `inputs.b must fit inputs.a, whose shape is ${shapeText(a.shape)}: ${other} elements meet ${one} in ${shapeText(b.shape)}.`,
    { field: "inputs.b", expected: `extent ${one}`, got: String(other) },
  );
}

const numbers = {
  a: {
    data: [
      [1, 2],
      [3, 4],
    ],
  },
  b: { data: [5, 6] },
};

/** numpy.matvec */
export const matvec = defineOperation({
  name: "matvec",
  summary: "Matrix times vector over stacks of both, as numpy.matvec",
  inputs: { a: matrix("m×n"), b: vector("n") },
  outputs: { result: "m for each, in NumPy's result dtype" },
  params: () => z.strictObject({}),
  example: { operation: "matvec", inputs: numbers },

  plan(_params, { a, b }) {
    requireExtents(a.shape.at(-1), b.shape.at(-1), a, b);
    const { result, steps } = planProduct(a, asColumn(b));
    return { params: {}, outputs: { result: { ...result, shape: without(result.shape, 1) } }, steps };
  },

  run(_params, { a, b }, engine) {
    const result = product(a, asColumn(b), engine);
    return { result: { ...result, shape: without(result.shape, 1) } };
  },
});

/** numpy.vecmat */
export const vecmat = defineOperation({
  name: "vecmat",
  summary: "Conjugate of a vector times a matrix over stacks of both, as numpy.vecmat",
  inputs: { a: vector("n"), b: matrix("n×m") },
  outputs: { result: "m for each, in NumPy's result dtype" },
  params: () => z.strictObject({}),
  example: { operation: "vecmat", inputs: { a: numbers.b, b: numbers.a } },

  plan(_params, { a, b }) {
    requireExtents(a.shape.at(-1), b.shape.at(-2), a, b);
    const { result, steps } = planProduct(asRow(a), b);
    return {
      params: {},
      outputs: { result: { ...result, shape: without(result.shape, 2) } },
      steps: behindConjugation(a, [b], steps),
    };
  },

  run(_params, { a, b }, engine) {
    const left = conjugated(a, engine);
    const result = product(asRow(left), b, engine);
    if (left !== a) engine.release(left);
    return { result: { ...result, shape: without(result.shape, 2) } };
  },
});
