import type { FloatingSpec } from "@sluice/contract/array";
import { seedSchema } from "@sluice/contract/random-seed";
import * as z from "zod";
import { defineOperation } from "../model/operation.ts";
import { absoluteStep, fft2Steps, matmulStep, randomStep, whileHolding } from "../model/steps.ts";
import { requireNonEmpty } from "./input-checks.ts";

const params = () =>
  z.strictObject({
    seed: seedSchema
      .nullable()
      .default(0)
      .describe("Seed of R: an integer, a decimal string beyond 2^53 - 1, or null for a fresh one"),
    columns: z
      .int({ error: "an integer of at least 1" })
      .min(1, { error: "an integer of at least 1" })
      .optional()
      .describe("Columns of R and of the result; as many as the input has when absent"),
  });

function projectionSpecs(a: FloatingSpec, columns: number) {
  const [m = 0, n = 0] = a.shape;
  return {
    spectrum: { shape: [m, n], dtype: "complex128" },
    magnitude: { shape: [m, n], dtype: "float64" },
    r: { shape: [n, columns], dtype: "float64" },
    result: { shape: [m, columns], dtype: "float64" },
  } satisfies Record<string, FloatingSpec>;
}

/** |fft2(A)| · R with R = numpy.random.default_rng(seed).random((n, columns)), A real m×n. */
export const spectralProjection = defineOperation({
  name: "spectral-projection",
  summary: "|fft2(A)| · R, where R is numpy.random.default_rng(seed).random((n, columns))",
  inputs: { a: { description: "A, m×n", rank: 2, dtypes: ["float64", "float32"] } },
  outputs: { result: "m×columns, float64" },
  params,
  example: {
    operation: "spectral-projection",
    params: { seed: 7 },
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },

  plan({ seed, columns: asked }, { a }) {
    requireNonEmpty("a", a);
    const columns = asked ?? a.shape[1];
    const { spectrum, magnitude, r, result } = projectionSpecs(a, columns);
    return {
      params: { seed, columns },
      outputs: { result },
      steps: [
        ...whileHolding([a, spectrum], fft2Steps(a)),
        ...whileHolding([a, spectrum, magnitude], [absoluteStep(spectrum)]),
        ...whileHolding([a, magnitude, r], [randomStep(r)]),
        ...whileHolding([a, magnitude, r, result], [matmulStep(magnitude, r, result)]),
      ],
    };
  },

  run({ seed, columns }, { a }, engine) {
    if (seed === null) throw new Error("a null seed must be replaced by completeParams before the run");
    const { r } = projectionSpecs(a, columns ?? a.shape[1]);
    const magnitude = engine.absoluteFft2(a);
    const factors = engine.random({ shape: r.shape, seed });
    const result = engine.matmul(magnitude, factors, { centrosymmetric: true });
    engine.release(magnitude);
    engine.release(factors);
    return { result };
  },
});
