import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { matmulStep, whileHolding } from "../../model/steps.ts";
import { realOrComplex, requireSquare, widens } from "./checks.ts";
import { widthOf } from "./elimination.ts";
import { inverseSteps, invert } from "./inv.ts";

const params = () =>
  z.strictObject({
    n: z.int({ error: "an integer" }).describe("The exponent; below 0, a power of the inverse"),
  });

/** A copy of the engine's, not float32. */
export function copyOf(a: FloatingArray, engine: Engine): FloatingArray {
  const copy = engine.array(widened(a));
  copy.data.set(a.data);
  return copy;
}

export function identityLike(a: FloatingSpec, engine: Engine): FloatingArray {
  const identity = engine.array(widened(a));
  identity.data.fill(0);
  const n = a.shape[0];
  for (let i = 0; i < n; i += 1) identity.data[i * (n + 1) * widthOf(identity)] = 1;
  return identity;
}

/** How many products `power` makes for an exponent from 1. */
function productsFor(exponent: number): number {
  const bits = exponent.toString(2);
  return bits.length - 1 + [...bits].filter((bit) => bit === "1").length - 1;
}

/** base^exponent by squaring, exponent from 1; the base is used up. */
function power(base: FloatingArray, exponent: number, engine: Engine): FloatingArray {
  let square = base;
  let result: FloatingArray | undefined;
  for (let left = exponent; ; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      const before = result;
      result = before ? engine.matmul(before, square) : copyOf(square, engine);
      if (before) engine.release(before);
    }
    if (left <= 1) break;
    const next = engine.matmul(square, square);
    engine.release(square);
    square = next;
  }
  engine.release(square);
  if (!result) throw new Error(`expected an exponent from 1, got ${exponent}`);
  return result;
}

/** As numpy.linalg.matrix_power. @throws Problem singular-matrix (run) */
export const matrixPower = defineOperation({
  name: "matrix_power",
  summary: "A square matrix times itself n times, as numpy.linalg.matrix_power",
  inputs: { a: { description: "n×n", rank: 2, dtypes: realOrComplex } },
  outputs: { result: "the shape of a; float64, or complex128 where a is" },
  params,
  differences: [widens],
  example: {
    operation: "matrix_power",
    params: { n: 3 },
    dataMatrix: [
      [1, 1],
      [1, 0],
    ],
  },

  plan({ n }, { a }) {
    requireSquare("a", a);
    const result = widened(a);
    const alive = [a, result, result, result];
    const products = n === 0 ? 0 : productsFor(Math.abs(n));
    const product = matmulStep(result, result, result);
    return {
      params: { n },
      outputs: { result },
      steps: [
        ...(n < 0 ? inverseSteps(a) : []),
        ...whileHolding(
          alive,
          Array.from({ length: products }, () => product),
        ),
      ],
    };
  },

  run({ n }, { a }, engine) {
    if (n === 0) return { result: identityLike(a, engine) };
    return { result: power(n < 0 ? invert(a, engine) : copyOf(a, engine), Math.abs(n), engine) };
  },
});
