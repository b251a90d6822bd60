import type { ArraySpec } from "@sluice/contract/array";
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { fft2Steps, scaleStep, whileHolding } from "../steps.ts";
import { requireNonEmpty } from "./input-checks.ts";

const norms = ["backward", "ortho", "forward"] as const;

const params = z.strictObject({
  norm: z
    .enum(norms, { error: norms.map((norm) => `"${norm}"`).join(" or ") })
    .default("backward")
    .describe("As in NumPy: backward leaves the transform unscaled, ortho divides by √(mn), forward by mn"),
});

/** numpy.fft.fft2 over the last two axes; the answer is complex128 for every input dtype. */
export const fft2 = defineOperation({
  name: "fft2",
  summary: "Two-dimensional discrete Fourier transform of the last two axes, as numpy.fft.fft2",
  inputs: {
    a: {
      description: "…×m×n; leading axes are a batch",
      rank: { min: 2 },
      dtypes: ["float64", "float32", "complex128"],
    },
  },
  outputs: { result: "the shape of a, complex128 (NumPy answers complex64 for float32)" },
  params,
  example: {
    operation: "fft2",
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },

  plan({ norm }, { a }) {
    requireNonEmpty("a", a);
    const result: ArraySpec = { shape: a.shape, dtype: "complex128" };
    const scaling = norm === "backward" ? [] : [scaleStep(result)];
    return {
      params: { norm },
      outputs: { result },
      steps: whileHolding([a, result], [...fft2Steps(a), ...scaling]),
    };
  },

  run({ norm }, { a }, engine) {
    const result = engine.fft2(a);
    if (norm === "backward") return { result };
    const points = (a.shape.at(-2) ?? 1) * (a.shape.at(-1) ?? 1);
    return { result: engine.scale(result, 1 / (norm === "ortho" ? Math.sqrt(points) : points)) };
  },
});
