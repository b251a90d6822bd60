import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { eigStep } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { noComplex, realOnly, requireSquare, widens } from "./checks.ts";
import { requireFinite } from "./finite.ts";
import { whileDecomposing } from "./spectral-steps.ts";

const inputs = {
  a: { description: "n×n, one real matrix of finite numbers", rank: 2, dtypes: realOnly },
} as const;
const sample = [
  [0, 1],
  [-1, 0],
];
const specs = (n: number) =>
  ({
    values: { shape: [n], dtype: "complex128" },
    vectors: { shape: [n, n], dtype: "complex128" },
  }) satisfies Record<string, FloatingSpec>;

/** As numpy.linalg.eig, of a real matrix. @throws Problem not-finite, no-convergence (run) */
export const eig = defineOperation({
  name: "eig",
  summary: "Eigenvalues and right eigenvectors of a real square matrix, as numpy.linalg.eig",
  inputs,
  outputs: {
    eigenvalues: "n, complex128 even where all are real (NumPy answers float64 then), in no order",
    eigenvectors: "n×n, complex128, columns of length 1",
  },
  params: () => z.strictObject({}),
  differences: [widens, noComplex, "Eigenvalues are complex128 even where all are real."],
  example: { operation: "eig", dataMatrix: sample },

  plan(_params, { a }) {
    const { values, vectors } = specs(requireSquare("a", a));
    return {
      params: {},
      outputs: { eigenvalues: values, eigenvectors: vectors },
      steps: whileDecomposing(a, [values, vectors], eigStep(a, true)),
    };
  },

  run(_params, { a }, engine) {
    requireFinite("a", a);
    const { values, vectors } = engine.eig(a, true);
    return vectors ? { eigenvalues: values, eigenvectors: vectors } : { eigenvalues: values };
  },
});

/** As numpy.linalg.eigvals, of a real matrix. @throws Problem not-finite, no-convergence (run) */
export const eigvals = defineOperation({
  name: "eigvals",
  summary: "Eigenvalues of a real square matrix, as numpy.linalg.eigvals",
  inputs,
  outputs: { result: "n, complex128 even where all are real (NumPy answers float64 then), in no order" },
  params: () => z.strictObject({}),
  differences: [widens, noComplex, "Eigenvalues are complex128 even where all are real."],
  example: { operation: "eigvals", dataMatrix: sample },

  plan(_params, { a }) {
    const { values } = specs(requireSquare("a", a));
    return {
      params: {},
      outputs: { result: values },
      steps: whileDecomposing(a, [values], eigStep(a, false)),
    };
  },

  run(_params, { a }, engine) {
    requireFinite("a", a);
    return { result: engine.eig(a, false).values };
  },
});
