import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import type { Lu } from "../../engines/linear-algebra.ts";
import { luStep, triangleStep, widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";
import { realOrComplex, requireSquare, widens } from "./checks.ts";
import { requireRegular, rowOrder, unitLower, upper, widthOf } from "./elimination.ts";

/** What inverting takes: the steps of `invert`. */
export function inverseSteps(a: FloatingSpec, alsoAlive: readonly FloatingSpec[] = []): PlanStep[] {
  const wide = widened(a);
  return [
    ...whileHolding([a, wide, ...alsoAlive], [luStep(a)]),
    ...whileHolding(
      [a, wide, wide, ...alsoAlive],
      [triangleStep(wide, wide, true), triangleStep(wide, wide)],
    ),
  ];
}

/** U⁻¹·L⁻¹·P. */
function inverse({ lu, pivots }: Lu, engine: Engine): FloatingArray {
  const [n] = lu.shape;
  const width = widthOf(lu);
  const result = engine.array(lu);
  const { data } = result;
  data.fill(0);
  for (let i = 0; i < n; i += 1) data[i * (n + 1) * width] = 1;
  engine.solveTriangle(lu, unitLower, result, true);
  engine.solveTriangle(lu, upper, result);
  const order = rowOrder(pivots, n);
  const row = new Float64Array(n * width);
  for (let i = 0; i < n; i += 1) {
    const start = i * n * width;
    for (let j = 0; j < n; j += 1) {
      const to = order[j] * width;
      row[to] = data[start + j * width];
      if (width === 2) row[to + 1] = data[start + j * width + 1];
    }
    data.set(row, start);
  }
  return result;
}

/** @throws Problem singular-matrix */
export function invert(a: FloatingArray, engine: Engine): FloatingArray {
  const factors = engine.lu(a);
  requireRegular(factors);
  const result = inverse(factors, engine);
  engine.release(factors.lu);
  return result;
}

/** @throws Problem singular-matrix (run) */
export const inv = defineOperation({
  name: "inv",
  summary: "Inverse of a square matrix, by LU with partial pivoting, as numpy.linalg.inv",
  inputs: { a: { description: "n×n", rank: 2, dtypes: realOrComplex } },
  outputs: { result: "n×n; float64, or complex128 where a is" },
  params: () => z.strictObject({}),
  differences: [widens],
  example: {
    operation: "inv",
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },

  plan(_params, { a }) {
    requireSquare("a", a);
    return { params: {}, outputs: { result: widened(a) }, steps: inverseSteps(a) };
  },

  run: (_params, { a }, engine) => ({ result: invert(a, engine) }),
});
