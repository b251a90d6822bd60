import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { svdStep } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { noComplex, realOnly, widens } from "./checks.ts";
import { requireFinite } from "./finite.ts";
import { whileDecomposing } from "./spectral-steps.ts";

const flag = (text: string) => z.boolean({ error: "true or false" }).default(true).describe(text);

const params = () =>
  z.strictObject({
    full_matrices: flag(
      "u m×m and vh n×n; false: only the min(m, n) columns and rows that belong to singular values",
    ),
    compute_uv: flag("false: s alone"),
  });

/** As numpy.linalg.svd, of a real matrix. @throws Problem not-finite, no-convergence (run) */
export const svd = defineOperation({
  name: "svd",
  summary: "Singular value decomposition a = u @ diag(s) @ vh, as numpy.linalg.svd; real matrices",
  inputs: { a: { description: "m×n, finite numbers", rank: 2, dtypes: realOnly } },
  outputs: {
    u: "m×m or m×min(m, n), float64, orthonormal columns; absent without compute_uv",
    s: "min(m, n), float64, falling",
    vh: "n×n or min(m, n)×n, float64, orthonormal rows; absent without compute_uv",
  },
  params,
  differences: [widens, noComplex],
  example: {
    operation: "svd",
    params: { full_matrices: false },
    dataMatrix: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  },

  plan(asked, { a }) {
    const [m, n] = a.shape;
    const least = Math.min(m, n);
    const full = asked.full_matrices;
    const s: FloatingSpec = { shape: [least], dtype: "float64" };
    const u: FloatingSpec = { shape: [m, full ? m : least], dtype: "float64" };
    const vh: FloatingSpec = { shape: [full ? n : least, n], dtype: "float64" };
    const outputs = asked.compute_uv ? { u, s, vh } : { s };
    const step = svdStep(a, asked.compute_uv, full);
    return { params: asked, outputs, steps: whileDecomposing(a, Object.values(outputs), step) };
  },

  run({ full_matrices, compute_uv }, { a }, engine) {
    requireFinite("a", a);
    const vectors = full_matrices ? "full" : "reduced";
    const { u, s, vh } = engine.svd(a, compute_uv ? vectors : "none");
    return u && vh ? { u, s, vh } : { s };
  },
});
