import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { anyDtype } from "../dtypes.ts";
import { listed } from "../variadic.ts";
import { type EinsumScript, einsumScript } from "./einsum-script.ts";
import { parseSubscripts } from "./einsum-subscripts.ts";
import { planScript, runScript } from "./script.ts";

/** NumPy's own most. */
const mostOperands = 64;

const params = () =>
  z.strictObject({
    subscripts: z
      .string({ error: 'subscripts such as "ij,jk->ik"' })
      .max(2000, { error: "at most 2000 characters" })
      .describe(
        'As numpy.einsum: a letter for each axis, arrays apart by commas, "..." for axes that broadcast. Behind "->" the axes of the result; without it the letters that come once, in order',
      ),
  });

const scriptOf = (subscripts: string, operands: readonly FloatingSpec[]): EinsumScript =>
  einsumScript(
    parseSubscripts(
      subscripts,
      operands.map(({ shape }) => shape.length),
    ),
    operands,
  );

/** The operands without axes of extent 1. */
const squeezed = <Spec extends FloatingSpec>(operands: readonly Spec[], { shapes }: EinsumScript): Spec[] =>
  operands.map((operand, index) => ({ ...operand, shape: shapes[index] }));

function requireFew(operands: readonly FloatingSpec[]): void {
  if (operands.length <= mostOperands) return;
  const [expected, got] = [`at most ${mostOperands} arrays`, String(operands.length)];
  throw new Problem("invalid-shape", `einsum takes ${expected}, not ${got}.`, {
    field: "inputs",
    expected,
    got,
  });
}

/** numpy.einsum, by products of two arrays each. */
export const einsum = defineOperation({
  name: "einsum",
  summary: "Sum of products over labelled axes (Einstein's notation), as numpy.einsum",
  inputs: {},
  variadic: { description: "an operand", rank: { min: 0 }, dtypes: anyDtype, least: 1 },
  outputs: { result: "the axes behind ->, in NumPy's result dtype" },
  params,
  differences: [
    "Within the rounding of a matrix product of NumPy's: sums are taken in another order.",
    "Several arrays are multiplied two by two in an order that keeps what lies between small, as NumPy does with optimize=True.",
    "The result is a copy; NumPy answers a view of a single array.",
  ],
  example: {
    operation: "einsum",
    params: { subscripts: "ij,jk->ik" },
    inputs: {
      x0: {
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      x1: {
        data: [
          [5, 6],
          [7, 8],
        ],
      },
    },
  },

  plan({ subscripts }, inputs) {
    const operands = listed<FloatingSpec>(inputs);
    requireFew(operands);
    const found = scriptOf(subscripts, operands);
    const { result, steps } = planScript(squeezed(operands, found), found.script);
    const dtype = operands.reduce((so, operand) => resultDtype(so, operand.dtype), result.dtype);
    return { params: { subscripts }, outputs: { result: { shape: found.shape, dtype } }, steps };
  },

  run({ subscripts }, inputs, engine) {
    const operands = listed<FloatingArray>(inputs);
    const found = scriptOf(subscripts, operands);
    const result = runScript(squeezed(operands, found), found.script, engine);
    return { result: { ...result, shape: found.shape } };
  },
});
