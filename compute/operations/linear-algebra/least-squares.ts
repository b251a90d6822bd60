import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { square } from "../../math/powers.ts";
import { svdStep, widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { matmulStep, whileHolding } from "../../model/steps.ts";
import { epsOf, noComplex, realOnly, requireRightSide, widens } from "./checks.ts";
import { requireFinite } from "./finite.ts";
import { made } from "./made.ts";
import { whileDecomposing } from "./spectral-steps.ts";

const cutoff = (text: string) =>
  z.number({ error: "a number of at least 0, or null" }).min(0).nullable().default(null).describe(text);

const reduced = (a: FloatingSpec) => {
  const [m, n] = a.shape;
  const least = Math.min(m, n);
  return {
    u: { shape: [m, least], dtype: "float64" },
    s: { shape: [least], dtype: "float64" },
    vh: { shape: [least, n], dtype: "float64" },
  } satisfies Record<string, FloatingSpec>;
};

/** A transposed matrix of the engine's, its row i times factors[i] first. */
function transposed(a: FloatingArray, engine: Engine, factors?: Float64Array): FloatingArray {
  const [m, n] = a.shape;
  const result = engine.array({ shape: [n, m], dtype: "float64" });
  for (let i = 0; i < m; i += 1) {
    const factor = factors ? factors[i] : 1;
    for (let j = 0; j < n; j += 1) result.data[j * m + i] = factor * a.data[i * n + j];
  }
  return result;
}

/** 1/s where s is above a fraction of the largest, else 0. */
function inverses({ data }: FloatingArray, fraction: number): { factors: Float64Array; rank: number } {
  const least = fraction * (data[0] ?? 0);
  const factors = Float64Array.from(data, (value) => (value > least ? 1 / value : 0));
  return { factors, rank: data.filter((value) => value > least).length };
}

/** As numpy.linalg.pinv, of a real matrix. @throws Problem not-finite, no-convergence (run) */
export const pinv = defineOperation({
  name: "pinv",
  summary: "Moore-Penrose pseudo-inverse of a real matrix, as numpy.linalg.pinv",
  inputs: { a: { description: "m×n, finite numbers", rank: 2, dtypes: realOnly } },
  outputs: { result: "n×m, float64" },
  params: () =>
    z.strictObject({
      rcond: cutoff("Singular values up to this fraction of the largest count as zero; 1e-15 when null"),
    }),
  differences: [widens, noComplex],
  example: {
    operation: "pinv",
    dataMatrix: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  },

  plan({ rcond }, { a }) {
    const [m, n] = a.shape;
    const { u, s, vh } = reduced(a);
    const result: FloatingSpec = { shape: [n, m], dtype: "float64" };
    const [v, ut] = [vh, u].map(
      ({ shape }): FloatingSpec => ({ shape: [shape[1], shape[0]], dtype: "float64" }),
    );
    return {
      params: { rcond },
      outputs: { result },
      steps: [
        ...whileDecomposing(a, [u, s, vh], svdStep(a, true, false)),
        ...whileHolding([a, v, ut, result], [matmulStep(v, ut, result)]),
      ],
    };
  },

  run({ rcond }, { a }, engine) {
    requireFinite("a", a);
    const { u, s, vh } = engine.svd(a, "reduced");
    if (!u || !vh) throw new Error("svd gave no vectors");
    const v = transposed(vh, engine, inverses(s, rcond ?? 1e-15).factors);
    engine.release(s);
    engine.release(vh);
    const ut = transposed(u, engine);
    engine.release(u);
    const result = engine.matmul(v, ut);
    engine.release(v);
    engine.release(ut);
    return { result };
  },
});

/** As numpy.linalg.lstsq, of real arrays. @throws Problem not-finite, no-convergence (run) */
export const lstsq = defineOperation({
  name: "lstsq",
  summary:
    "The shortest x with the least |b - a @ x|, by singular values, as numpy.linalg.lstsq; real arrays",
  inputs: {
    a: { description: "m×n, one matrix of finite numbers", rank: 2, dtypes: realOnly },
    b: { description: "right side: m, or m×k for k of them", rank: { min: 1 }, dtypes: realOnly },
  },
  outputs: {
    x: "n, or n×k; float64",
    residuals: "1, or k: squares of |b - a @ x|, also where NumPy leaves them out (rank below n, or m ≤ n)",
    rank: "0-d float64: how many singular values count",
    s: "min(m, n), float64: singular values of a, falling",
  },
  params: () =>
    z.strictObject({
      rcond: cutoff(
        "Singular values up to this fraction of the largest count as zero; eps · max(m, n) when null",
      ),
    }),
  differences: [widens, noComplex, "residuals are there whatever the rank.", "rank is a float64."],
  example: {
    operation: "lstsq",
    inputs: {
      a: {
        data: [
          [0, 1],
          [1, 1],
          [2, 1],
        ],
      },
      b: { data: [1, 3, 5] },
    },
  },

  plan({ rcond }, { a, b }) {
    const [m, n] = a.shape;
    requireRightSide(b, m);
    const k = b.shape[1] ?? 1;
    const { u, s, vh } = reduced(a);
    const matrix = (rows: number, columns: number): FloatingSpec => ({
      shape: [rows, columns],
      dtype: "float64",
    });
    const [v, ut, sides] = [matrix(n, s.shape[0]), matrix(s.shape[0], m), matrix(m, k)];
    const [inner, found] = [matrix(s.shape[0], k), matrix(n, k)];
    const x: FloatingSpec = { shape: [n, ...b.shape.slice(1)], dtype: "float64" };
    const outputs = {
      x,
      residuals: { shape: [k], dtype: "float64" },
      rank: { shape: [], dtype: "float64" },
      s,
    } satisfies Record<string, FloatingSpec>;
    return {
      params: { rcond },
      outputs,
      steps: [
        ...whileDecomposing(a, [b, u, s, vh], svdStep(a, true, false)),
        ...whileHolding(
          [a, widened(b), v, ut, sides, inner, x],
          [matmulStep(ut, sides, inner), matmulStep(v, inner, found), matmulStep(a, found, sides)],
        ),
      ],
    };
  },

  run({ rcond }, { a, b }, engine) {
    requireFinite("a", a);
    requireFinite("b", b);
    const [m, n] = a.shape;
    const k = b.shape[1] ?? 1;
    const { u, s, vh } = engine.svd(a, "reduced");
    if (!u || !vh) throw new Error("svd gave no vectors");
    const { factors, rank } = inverses(s, rcond ?? epsOf(a) * Math.max(m, n));
    const v = transposed(vh, engine, factors);
    engine.release(vh);
    const ut = transposed(u, engine);
    engine.release(u);
    const sides: FloatingArray = { ...b, shape: [m, k] };
    const inner = engine.matmul(ut, sides);
    engine.release(ut);
    const found = engine.matmul(v, inner);
    engine.release(v);
    engine.release(inner);
    const near = engine.matmul(a, found);
    const residuals = new Float64Array(k);
    for (let index = 0; index < m * k; index += 1)
      residuals[index % k] += square(b.data[index] - near.data[index]);
    engine.release(near);
    return {
      x: { ...found, shape: [n, ...b.shape.slice(1)] },
      residuals: made(engine, [k], residuals),
      rank: made(engine, [], [rank]),
      s,
    };
  },
});

/** As numpy.linalg.matrix_rank, of a real matrix. @throws Problem not-finite, no-convergence (run) */
export const matrixRank = defineOperation({
  name: "matrix_rank",
  summary: "How many singular values of a real matrix are not negligible, as numpy.linalg.matrix_rank",
  inputs: { a: { description: "m×n, finite numbers", rank: 2, dtypes: realOnly } },
  outputs: { result: "0-d float64 (NumPy answers an integer)" },
  params: () =>
    z.strictObject({
      tol: cutoff("Singular values up to here count as zero; when null, eps · max(m, n) · the largest"),
    }),
  differences: [noComplex, "The result is a float64."],
  example: {
    operation: "matrix_rank",
    dataMatrix: [
      [1, 2],
      [2, 4],
    ],
  },

  plan({ tol }, { a }) {
    const { s } = reduced(a);
    return {
      params: { tol },
      outputs: { result: { shape: [], dtype: "float64" } },
      steps: whileDecomposing(a, [s], svdStep(a, false, false)),
    };
  },

  run({ tol }, { a }, engine) {
    requireFinite("a", a);
    const { s } = engine.svd(a, "none");
    const least = tol ?? (s.data[0] ?? 0) * epsOf(a) * Math.max(...a.shape);
    const rank = s.data.filter((value) => value > least).length;
    engine.release(s);
    return { result: made(engine, [], [rank]) };
  },
});
