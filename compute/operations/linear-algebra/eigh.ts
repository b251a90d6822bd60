import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { eighStep } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { noComplex, realOnly, requireSquare, widens } from "./checks.ts";
import { requireFinite } from "./finite.ts";
import { whileDecomposing } from "./spectral-steps.ts";

const params = () =>
  z.strictObject({
    UPLO: z
      .enum(["L", "U"], { error: '"L" or "U"' })
      .default("L")
      .describe("The half of a that is read: lower or upper"),
  });

/** As numpy.linalg.eigh, of a real symmetric matrix. @throws Problem not-finite, no-convergence (run) */
export const eigh = defineOperation({
  name: "eigh",
  summary: "Eigenvalues and eigenvectors of a real symmetric matrix, as numpy.linalg.eigh",
  inputs: {
    a: { description: "n×n, finite numbers; only one half is read", rank: 2, dtypes: realOnly },
  },
  outputs: { eigenvalues: "n, float64, rising", eigenvectors: "n×n, float64, orthonormal columns" },
  params,
  differences: [widens, noComplex],
  example: {
    operation: "eigh",
    dataMatrix: [
      [2, 1],
      [1, 2],
    ],
  },

  plan({ UPLO }, { a }) {
    const n = requireSquare("a", a);
    const eigenvalues: FloatingSpec = { shape: [n], dtype: "float64" };
    const eigenvectors: FloatingSpec = { shape: [n, n], dtype: "float64" };
    return {
      params: { UPLO },
      outputs: { eigenvalues, eigenvectors },
      steps: whileDecomposing(a, [eigenvalues], eighStep(a)),
    };
  },

  run({ UPLO }, { a }, engine) {
    requireFinite("a", a);
    const { values, vectors } = engine.eigh(a, UPLO === "L");
    return { eigenvalues: values, eigenvectors: vectors };
  },
});
