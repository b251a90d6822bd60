import { type FloatingArray, type FloatingSpec, isComplex, partsOf } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { conjugateInPlace } from "../../loops/elementwise/conjugate.ts";
import { triangleStep, widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";
import { realOrComplex, requireRightSide, requireSquare, widens } from "../linear-algebra/checks.ts";
import { cholesky } from "../linear-algebra/cholesky.ts";

const flag = (text: string) => z.boolean({ error: "true or false" }).default(false).describe(text);
const rightSide = {
  description: "right side: n, or n×k for k of them",
  rank: { min: 1 },
  dtypes: realOrComplex,
} as const;
const sample = {
  a: {
    data: [
      [2, 0],
      [1, 4],
    ],
  },
  b: { data: [2, 5] },
};

/** What a triangle does to a right side: as it is, transposed, or conjugated too. */
type Turn = "none" | "transposed" | "adjoint";

interface Triangular {
  readonly turn: Turn;
  readonly lower: boolean;
  readonly unit: boolean;
}

const resultOf = (t: FloatingSpec, b: FloatingSpec): FloatingSpec => ({
  shape: b.shape,
  dtype: resultDtype(widened(t).dtype, widened(b).dtype),
});

/** Right sides as columns of the triangle's dtype: a complex one of a real triangle is two real ones. */
const sidesOf = (t: FloatingSpec, b: FloatingSpec): FloatingSpec => {
  const result = resultOf(t, b);
  const columns = (b.shape[1] ?? 1) * (isComplex(result) && !isComplex(t) ? 2 : 1);
  return { shape: [b.shape[0], columns], dtype: widened(t).dtype };
};

/** A triangle in double precision, turned around: a copy of the engine's. */
function turned(t: FloatingArray, turn: Turn, engine: Engine): FloatingArray {
  const copy = engine.array(widened(t));
  if (turn === "none") {
    copy.data.set(t.data);
    return copy;
  }
  const n = t.shape[0];
  const parts = partsOf(t);
  for (let at = 0; at < n * n; at += 1) {
    const from = ((at % n) * n + Math.floor(at / n)) * parts;
    for (let part = 0; part < parts; part += 1) copy.data[at * parts + part] = t.data[from + part];
  }
  return turn === "adjoint" ? conjugateInPlace(copy) : copy;
}

/** @throws Problem singular-matrix */
function requireNoZero(name: string, { data, shape: [n], ...t }: FloatingArray): void {
  const parts = partsOf(t);
  for (let k = 0; k < n; k += 1) {
    const at = k * (n + 1) * parts;
    if (data[at] !== 0 || (parts === 2 && data[at + 1] !== 0)) continue;
    throw new Problem(
      "singular-matrix",
      `inputs.${name} is singular: element ${k + 1} of its diagonal is zero.`,
      {
        field: `inputs.${name}`,
        expected: "a triangle without zeros on its diagonal",
        got: `0 at [${k}, ${k}]`,
      },
    );
  }
}

/** b as columns of the result's dtype, in a new array. */
function columnsOf(b: FloatingArray, spec: FloatingSpec, engine: Engine): FloatingArray {
  const result = engine.array(spec);
  if (partsOf(b) === partsOf(result)) {
    result.data.set(b.data);
    return result;
  }
  for (let index = 0; index < b.data.length; index += 1) {
    result.data[2 * index] = b.data[index];
    result.data[2 * index + 1] = 0;
  }
  return result;
}

/** The steps of `solveInPlace`. */
const solveSteps = (t: FloatingSpec, b: FloatingSpec, count: number): PlanStep[] =>
  whileHolding(
    [t, b, widened(t), resultOf(t, b)],
    Array.from({ length: count }, () => triangleStep(widened(t), sidesOf(t, b))),
  );

/** T · X = B in place of `result`, which holds B in the dtype of X. */
function solveInPlace(
  t: FloatingArray,
  { turn, lower, unit }: Triangular,
  result: FloatingArray,
  engine: Engine,
): void {
  const copy = turned(t, turn, engine);
  const sides: FloatingArray = { ...sidesOf(t, result), data: result.data };
  engine.solveTriangle(copy, { lower: turn === "none" ? lower : !lower, unit }, sides);
  engine.release(copy);
}

const turns = { 0: "none", N: "none", 1: "transposed", T: "transposed", 2: "adjoint", C: "adjoint" } as const;

/** scipy.linalg.solve_triangular. @throws Problem singular-matrix (run) */
export const solveTriangular = defineOperation({
  name: "solve_triangular",
  summary: "The x of a @ x = b for a triangle a, as scipy.linalg.solve_triangular",
  inputs: {
    a: { description: "n×n; only the half that `lower` names is read", rank: 2, dtypes: realOrComplex },
    b: rightSide,
  },
  outputs: { result: "the shape of b; float64, or complex128 where an input is" },
  params: () =>
    z.strictObject({
      trans: z
        .union([z.literal([0, 1, 2]), z.enum(["N", "T", "C"])], { error: '0, 1, 2, "N", "T" or "C"' })
        .default(0)
        .describe("0 or N: a; 1 or T: its transpose; 2 or C: its conjugate transpose"),
      lower: flag("Read the lower half of a instead of the upper one"),
      unit_diagonal: flag("Take the diagonal of a for ones, and do not read it"),
    }),
  differences: [widens],
  example: { operation: "solve_triangular", params: { lower: true }, inputs: sample },

  plan(asked, { a, b }) {
    requireRightSide(b, requireSquare("a", a));
    return { params: asked, outputs: { result: resultOf(a, b) }, steps: solveSteps(a, b, 1) };
  },

  run({ trans, lower, unit_diagonal }, { a, b }, engine) {
    if (!unit_diagonal) requireNoZero("a", a);
    const result = columnsOf(b, resultOf(a, b), engine);
    solveInPlace(a, { turn: turns[trans], lower, unit: unit_diagonal }, result, engine);
    return { result };
  },
});

/** scipy.linalg.cho_solve. @throws Problem singular-matrix (run) */
export const choSolve = defineOperation({
  name: "cho_solve",
  summary: "The x of a @ x = b from the Cholesky factor of a, as scipy.linalg.cho_solve",
  inputs: {
    c: {
      description: "n×n, the result of cho_factor or cholesky; only the half that `lower` names is read",
      rank: 2,
      dtypes: realOrComplex,
    },
    b: rightSide,
  },
  outputs: { result: "the shape of b; float64, or complex128 where an input is" },
  params: () => z.strictObject({ lower: flag("c is L of a = L·Lᴴ, not U of a = Uᴴ·U") }),
  differences: [
    widens,
    "`lower` is a param; SciPy takes it beside c.",
    "A zero on the diagonal of c is an error.",
  ],
  example: { operation: "cho_solve", params: { lower: true }, inputs: { c: sample.a, b: sample.b } },

  plan(asked, { c, b }) {
    requireRightSide(b, requireSquare("c", c));
    return { params: asked, outputs: { result: resultOf(c, b) }, steps: solveSteps(c, b, 2) };
  },

  run({ lower }, { c, b }, engine) {
    requireNoZero("c", c);
    const result = columnsOf(b, resultOf(c, b), engine);
    const order = lower ? (["none", "adjoint"] as const) : (["adjoint", "none"] as const);
    for (const turn of order) solveInPlace(c, { turn, lower, unit: false }, result, engine);
    return { result };
  },
});

/** scipy.linalg.cho_factor. @throws Problem not-positive-definite (run) */
export const choFactor: Operation = {
  ...cholesky,
  name: "cho_factor",
  summary:
    "Cholesky factor of a Hermitian positive definite matrix for cho_solve, as scipy.linalg.cho_factor",
  params: () =>
    z.strictObject({
      lower: flag("Read the lower half of a and answer L of a = L·Lᴴ, instead of U of a = Uᴴ·U"),
    }),
  differences: [
    widens,
    "The other half is zeros; SciPy leaves there what it finds.",
    "`lower` is not among the outputs.",
  ],
  example: {
    operation: "cho_factor",
    dataMatrix: [
      [4, 2],
      [2, 3],
    ],
  },
  plan(params, inputs) {
    const { lower } = params as { lower: boolean };
    return { ...cholesky.plan({ upper: !lower }, inputs), params: { lower } };
  },
  run: (params, inputs, engine) =>
    cholesky.run({ upper: !(params as { lower: boolean }).lower }, inputs, engine),
};
