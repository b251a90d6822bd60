import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { checkInputs, requireNonEmpty } from "../input-checks.ts";
import { realOrComplex, requireSquare } from "../linear-algebra/checks.ts";
import { inverseSteps, invert } from "../linear-algebra/inv.ts";
import { made } from "../linear-algebra/made.ts";
import { norm } from "../linear-algebra/norm.ts";
import { svd } from "../linear-algebra/svd.ts";

const params = () =>
  z.strictObject({
    p: z
      .union([z.number(), z.enum(["Infinity", "-Infinity", "fro", "nuc"])], {
        error: '1, -1, 2, -2, "Infinity", "-Infinity", "fro", "nuc" or null',
      })
      .nullable()
      .default(null)
      .describe("The norm, as of matrix_norm; null is 2, the largest singular value by the smallest"),
  });
type Norm = z.output<ReturnType<typeof params>>["p"];

const valuesOnly = { compute_uv: false, full_matrices: false };
const bySingularValues = (p: Norm): boolean => p === null || p === 2 || p === -2;
const normParams = (ord: Norm) => ({ ord, axis: [-2, -1], keepdims: false });

/** NumPy calls a NaN infinite unless the matrix holds one. */
const settled = (value: number, { data }: FloatingArray): number =>
  Number.isNaN(value) && !data.some(Number.isNaN) ? Number.POSITIVE_INFINITY : value;

function bySvd(p: Norm, a: FloatingArray, engine: Engine): number {
  const s = svd.run(valuesOnly, { a }, engine).s as FloatingArray;
  const [largest, smallest] = [s.data[0], s.data[s.data.length - 1]];
  engine.release(s);
  return p === -2 ? smallest / largest : largest / smallest;
}

const steps = (engine: Engine, count: number): void => {
  for (let index = 0; index < count; index += 1) engine.nextStep()(1);
};

/** ‖a‖·‖a⁻¹‖; infinite where there is no inverse. */
function byInverse(p: Norm, a: FloatingArray, engine: Engine): number {
  let inverse: FloatingArray;
  try {
    inverse = invert(a, engine);
  } catch (error) {
    if (!(error instanceof Problem && error.code === "singular-matrix")) throw error;
    // Of the inverse's three steps one is done, and no norm is taken.
    steps(engine, 4);
    return Number.POSITIVE_INFINITY;
  }
  const [own, other] = [a, inverse].map((matrix) => {
    const { result } = norm.run(normParams(p), { a: matrix }, engine);
    const value = Number(result.data[0]);
    engine.release(result);
    return value;
  });
  engine.release(inverse);
  return own * other;
}

/** numpy.linalg.cond. @throws Problem not-finite, no-convergence (run) */
export const cond = defineOperation({
  name: "cond",
  summary: "Condition number: how much a relative error of b can grow in solve(a, b), as numpy.linalg.cond",
  inputs: {
    a: {
      description: "m×n; square for norms other than 2 and -2, which take what svd takes",
      rank: 2,
      dtypes: realOrComplex,
    },
  },
  outputs: { result: "0-d, real; infinite where a is singular" },
  params,
  example: {
    operation: "cond",
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },

  plan({ p }, { a }) {
    requireNonEmpty("a", a);
    const outputs = { result: { shape: [], dtype: "float64" } satisfies FloatingSpec };
    if (bySingularValues(p)) {
      // Not every dtype that has an inverse has singular values here.
      checkInputs(svd, { a });
      return { params: { p }, outputs, steps: svd.plan(valuesOnly, { a }).steps };
    }
    requireSquare("a", a);
    const norms = [a, widened(a)].flatMap((matrix) => norm.plan(normParams(p), { a: matrix }).steps);
    const held = inverseSteps(a).reduce((most, { live }) => Math.max(most, live), 0);
    return {
      params: { p },
      outputs,
      steps: [...inverseSteps(a), ...norms.map((step) => ({ ...step, live: Math.max(held, step.live) }))],
    };
  },

  run({ p }, { a }, engine) {
    const value = bySingularValues(p) ? bySvd(p, a, engine) : byInverse(p, a, engine);
    return { result: made(engine, [], [settled(value, a)]) };
  },
});
