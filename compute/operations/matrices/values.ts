import type { DenseArray } from "@sluice/contract/array";
import * as z from "zod";
import { type Operation, once } from "../../model/operation.ts";
import { eigh } from "../linear-algebra/eigh.ts";
import { svd } from "../linear-algebra/svd.ts";

const valuesOnly = { compute_uv: false, full_matrices: false };

/** numpy.linalg.svdvals. @throws Problem not-finite, no-convergence (run) */
export const svdvals: Operation = {
  ...svd,
  name: "svdvals",
  summary: "Singular values, falling, as numpy.linalg.svdvals",
  outputs: { result: "min(m, n), real" },
  params: once(() => z.strictObject({})),
  example: {
    operation: "svdvals",
    dataMatrix: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  },

  plan(_params, inputs) {
    const { outputs, steps } = svd.plan(valuesOnly, inputs);
    return { params: {}, outputs: { result: outputs.s }, steps };
  },

  run: (_params, inputs, engine) => ({ result: svd.run(valuesOnly, inputs, engine).s }),
};

/** numpy.linalg.eigvalsh. @throws Problem not-finite, no-convergence (run) */
export const eigvalsh: Operation = {
  ...eigh,
  name: "eigvalsh",
  summary: "Eigenvalues of a symmetric matrix, rising, as numpy.linalg.eigvalsh",
  outputs: { result: "n, real" },
  example: {
    operation: "eigvalsh",
    dataMatrix: [
      [2, 1],
      [1, 2],
    ],
  },

  plan(params, inputs) {
    const planned = eigh.plan(params, inputs);

    return { ...planned, outputs: { result: planned.outputs.eigenvalues } };
  },

  run(params, inputs, engine) {
    const { eigenvalues, eigenvectors }: Record<string, DenseArray> = eigh.run(params, inputs, engine);
    engine.release(eigenvectors);
    return { result: eigenvalues };
  },
};
