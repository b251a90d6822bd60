import type { ArraySpec, FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { shapeText } from "../../model/broadcast.ts";
import { defineOperation } from "../../model/operation.ts";
import { anyDtype } from "../dtypes.ts";
import { listed } from "../variadic.ts";
import { type Instruction, isNarrow, planScript, runScript } from "./script.ts";

/** The best order is found in n³ steps. */
const mostFactors = 100;

function refuse(index: number, expected: string, got: string): never {
  const field = `inputs.x${index}`;
  throw new Problem("invalid-shape", `${field} must have ${expected}, not ${got}.`, { field, expected, got });
}

/** The factors as matrices: a vector that comes first is a row, one that comes last a column. */
function asMatrices<Spec extends ArraySpec>(factors: readonly Spec[]): Spec[] {
  const last = factors.length - 1;
  return factors.map((factor, index) => {
    const { shape } = factor;
    if (shape.length === 1 && index === 0) return { ...factor, shape: [1, ...shape] };
    if (shape.length === 1 && index === last) return { ...factor, shape: [...shape, 1] };
    if (shape.length === 1) refuse(index, "two axes, as it is neither first nor last", shapeText(shape));
    return factor;
  });
}

/** @throws Problem invalid-shape */
function requireChain(matrices: readonly ArraySpec[]): void {
  if (matrices.length > mostFactors) refuse(mostFactors, `a number below ${mostFactors}`, `x${mostFactors}`);
  for (const [index, { shape }] of matrices.entries()) {
    const rows = matrices[index - 1]?.shape[1];
    if (rows !== undefined && shape[0] !== rows) refuse(index, `${rows} rows`, shapeText(shape));
  }
}

/** Where each part of the chain is cut in two so that the products take the fewest multiplications: Cormen et al., section 14.2. */
function cuts(matrices: readonly ArraySpec[]): readonly (readonly number[])[] {
  const count = matrices.length;
  const extents = [matrices[0].shape[0], ...matrices.map(({ shape }) => shape[1])];
  const cost = matrices.map(() => new Float64Array(count));
  const cut = matrices.map(() => new Array<number>(count).fill(0));
  for (let length = 1; length < count; length += 1) {
    for (let from = 0; from + length < count; from += 1) {
      const to = from + length;
      cost[from][to] = Number.POSITIVE_INFINITY;
      for (let at = from; at < to; at += 1) {
        const own = extents[from] * extents[at + 1] * extents[to + 1];
        const whole = cost[from][at] + cost[at + 1][to] + own;
        if (whole < cost[from][to]) [cost[from][to], cut[from][to]] = [whole, at];
      }
    }
  }
  return cut;
}

/** The products in that order. */
function scriptOf(matrices: readonly ArraySpec[]): Instruction[] {
  const cut = cuts(matrices);
  const script: Instruction[] = [];
  const write = (instruction: Instruction): number => matrices.length + script.push(instruction) - 1;
  const part = (from: number, to: number): number => {
    if (from === to) {
      // A product of two arrays widens the narrower one itself; one of two narrow ones would stay narrow.
      if (matrices.length === 2 || !isNarrow(from, matrices)) return from;
      return write({ kind: "widen", of: from });
    }
    const [of, and] = [part(from, cut[from][to]), part(cut[from][to] + 1, to)];
    return write({ kind: "contract", of, and, pairing: { batch: [], summed: [[1, 0]] } });
  };
  part(0, matrices.length - 1);
  return script;
}

/** Without the axes that vectors were given. */
function shapeOf(shape: readonly number[], factors: readonly ArraySpec[]): number[] {
  const isVector = (factor: ArraySpec | undefined) => factor?.shape.length === 1;
  return [...(isVector(factors[0]) ? [] : [shape[0]]), ...(isVector(factors.at(-1)) ? [] : [shape[1]])];
}

/** numpy.linalg.multi_dot */
export const multiDot = defineOperation({
  name: "multi_dot",
  summary: "Product of several matrices in the order that takes the least work, as numpy.linalg.multi_dot",
  inputs: {},
  variadic: {
    description: "a factor: a matrix; the first and the last may be vectors",
    rank: { min: 1, max: 2 },
    dtypes: anyDtype,
    least: 2,
  },
  outputs: {
    result: "rows of the first by columns of the last, without the axis of a vector, in NumPy's result dtype",
  },
  params: () => z.strictObject({}),
  differences: ["Within the rounding of a matrix product of NumPy's: sums are taken in another order."],
  example: {
    operation: "multi_dot",
    inputs: { x0: { data: [[1, 2]] }, x1: { data: [[3], [4]] }, x2: { data: [[5, 6]] } },
  },

  plan(_params, inputs) {
    const factors = listed<FloatingSpec>(inputs);
    const matrices = asMatrices(factors);
    requireChain(matrices);
    const { result, steps } = planScript(matrices, scriptOf(matrices));
    return { params: {}, outputs: { result: { ...result, shape: shapeOf(result.shape, factors) } }, steps };
  },

  run(_params, inputs, engine) {
    const factors = listed<FloatingArray>(inputs);
    const matrices = asMatrices(factors);
    const result = runScript(matrices, scriptOf(matrices), engine);
    return { result: { ...result, shape: shapeOf(result.shape, factors) } };
  },
});
