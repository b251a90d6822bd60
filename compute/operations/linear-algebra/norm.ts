import type { FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { reduceStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";
import { isSingular, singularNormSteps, singularNorms } from "../matrices/singular-norm.ts";
import { realOrComplex, widens } from "./checks.ts";
import { type Lines, lineNorm, linesAlong, type MatrixNorm, matrixNorm } from "./norms.ts";

const orders = 'a number, "Infinity", "-Infinity", "fro", "nuc" or null';
const axisError = { error: "an axis, a pair of them, or null" };
const params = () =>
  z.strictObject({
    ord: z
      .union([z.number(), z.enum(["Infinity", "-Infinity", "fro", "nuc"])], { error: orders })
      .nullable()
      .default(null)
      .describe(
        "As numpy.linalg.norm: null is the 2-norm of a vector and the Frobenius norm of a matrix. Of matrices 1, -1, ±Infinity and fro; 2, -2 and nuc of real ones",
      ),
    axis: z
      .union([z.int(), z.tuple([z.int(), z.int()])], axisError)
      .nullable()
      .default(null)
      .describe("One axis: norms of vectors. A pair: norms of matrices. null: of the whole array"),
    keepdims: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe("Keep the axes that are summed over, with extent 1"),
  });
type Params = z.output<ReturnType<typeof params>>;

const refuse = (field: string, detail: string, expected: string, got: string): never => {
  throw new Problem("invalid-params", detail, { field: `params.${field}`, expected, got });
};

/** What is summed over, as axes counted from the first; undefined: everything, as one vector. */
function axesOf({ ord, axis }: Params, { shape }: FloatingSpec): readonly number[] | undefined {
  const rank = shape.length;
  if (axis === null) {
    if (ord === null) return undefined;
    if (rank === 1) return [0];
    if (rank === 2) return [0, 1];
    return refuse(
      "ord",
      `a norm of a whole array of ${rank} axes has no ord.`,
      "null, or an axis",
      String(ord),
    );
  }
  const axes = (typeof axis === "number" ? [axis] : axis).map((one) => (one < 0 ? one + rank : one));
  const fits = axes.every((one) => one >= 0 && one < rank) && new Set(axes).size === axes.length;
  if (!fits)
    refuse("axis", `a has ${rank} axes.`, `axes from ${-rank} to ${rank - 1}, no two the same`, String(axis));
  return axes;
}

const ofMatrices: Readonly<Record<string, MatrixNorm>> = {
  null: "fro",
  fro: "fro",
  nuc: "nuc",
  "1": "columns",
  "-1": "columns",
  Infinity: "rows",
  "-Infinity": "rows",
  "2": "largest",
  "-2": "smallest",
};

interface Settled {
  readonly axes: readonly number[] | undefined;
  readonly order: number;
  readonly matrix: MatrixNorm | undefined;
  readonly result: FloatingSpec;
}

function settle(asked: Params, a: FloatingSpec): Settled {
  const axes = axesOf(asked, a);
  const { ord, keepdims } = asked;
  const isMatrix = axes?.length === 2;
  const matrix = isMatrix ? ofMatrices[String(ord)] : undefined;
  if (isMatrix && !matrix)
    refuse("ord", `no matrix norm is called ${ord}.`, "1, -1, 2, -2, ±Infinity, fro or nuc", String(ord));
  if (!isMatrix && (ord === "fro" || ord === "nuc"))
    refuse("ord", `${ord} is a norm of matrices.`, "a number", ord);
  if (isSingular(matrix) && a.dtype === "complex128") {
    refuse("ord", `${ord} takes the singular values of real matrices.`, "real matrices", a.dtype);
  }
  const order = ord === null || ord === "fro" ? 2 : Number(ord);
  const over = axes ?? a.shape.map((_, index) => index);
  const smallest = matrix === "smallest" || order === Number.NEGATIVE_INFINITY || (isMatrix && order === -1);
  if (smallest && over.some((axis) => a.shape[axis] === 0)) {
    throw new Problem(
      "invalid-shape",
      `inputs.a has no elements along these axes, so there is no smallest.`,
      {
        field: "inputs.a",
        expected: "at least one element",
        got: `shape (${a.shape.join(", ")})`,
      },
    );
  }
  const shape = a.shape.flatMap((extent, index) => (over.includes(index) ? (keepdims ? [1] : []) : [extent]));
  return { axes, order, matrix, result: { shape, dtype: "float64" } };
}

/** Of these sums beside those of `sum`: measured. Orders such as 3 take a power of each number. */
export const slowness = (order: number): number =>
  [0, 1, 2].includes(Math.abs(order)) || !Number.isFinite(order) ? 8 : 32;

/** Reads each number once. */
function normSteps(a: FloatingSpec, { axes, matrix, order, result }: Settled): readonly PlanStep[] {
  if (axes && isSingular(matrix)) return singularNormSteps(a, axes, matrix);
  // Compensated sums take several times as long as plain ones.
  const { kernel, size, flops, bytes } = reduceStep(a, result);
  return whileHolding([a, result], [{ kernel, size, flops: 4 * flops, bytes: slowness(order) * bytes }]);
}

/** As numpy.linalg.norm, but that 2-norms overflow and underflow only where they themselves do. */
export const norm = defineOperation({
  name: "norm",
  summary: "Norms of vectors or matrices, as numpy.linalg.norm",
  inputs: {
    a: {
      description: "any shape; axis says what is a vector or a matrix",
      rank: { min: 0 },
      dtypes: realOrComplex,
    },
  },
  outputs: {
    result: "float64, the shape of a without the axes summed over",
  },
  params,
  differences: [widens, "2-norms do not overflow on the way.", "2, -2 and nuc of real matrices only."],
  example: {
    operation: "norm",
    params: { ord: 1 },
    dataMatrix: [
      [1, -2],
      [3, 4],
    ],
  },

  plan(asked, { a }) {
    const settled = settle(asked, a);
    return { params: asked, outputs: { result: settled.result }, steps: normSteps(a, settled) };
  },

  run(asked, { a }, engine) {
    const { axes, order, matrix, result: spec } = settle(asked, a);
    if (axes && isSingular(matrix)) {
      return { result: { ...singularNorms(a, axes, matrix, engine), shape: spec.shape } };
    }
    const result = engine.array(spec);
    const onFraction = engine.nextStep();
    const lines: Lines = linesAlong(a.shape, axes ?? a.shape.map((_, index) => index));
    for (const [index, start] of lines.starts().entries()) {
      result.data[index] =
        matrix === "rows" || matrix === "columns"
          ? matrixNorm(a, lines, start, matrix, order)
          : lineNorm(a, lines.offsets, start, order);
    }
    onFraction(1);
    return { result };
  },
});
