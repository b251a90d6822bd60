import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { qrStep, widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { realOrComplex, widens } from "./checks.ts";

const modes = ["reduced", "complete", "r"] as const;

const params = () =>
  z.strictObject({
    mode: z
      .enum(modes, { error: modes.map((mode) => `"${mode}"`).join(" or ") })
      .default("reduced")
      .describe("reduced: q m×min(m, n); complete: q m×m; r: r alone. NumPy's raw is not offered"),
  });

/** As numpy.linalg.qr: Householder, so that r's diagonal may be negative. */
export const qr = defineOperation({
  name: "qr",
  summary: "a = q @ r with orthonormal columns of q and upper triangular r, as numpy.linalg.qr",
  inputs: { a: { description: "m×n", rank: 2, dtypes: realOrComplex } },
  outputs: {
    q: "m×k, k = min(m, n) or, complete, m; absent in mode r",
    r: "k×n; float64, or complex128 where a is",
  },
  params,
  differences: [widens],
  example: {
    operation: "qr",
    dataMatrix: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  },

  plan({ mode }, { a }) {
    const [m, n] = a.shape;
    const { dtype } = widened(a);
    const k = mode === "complete" ? m : Math.min(m, n);
    const q: FloatingSpec = { shape: [m, k], dtype };
    const r: FloatingSpec = { shape: [k, n], dtype };
    const outputs = mode === "r" ? { r } : { q, r };
    return {
      params: { mode },
      outputs,
      steps: whileHolding([a, widened(a), ...Object.values(outputs)], [qrStep(a, mode === "r" ? 0 : k)]),
    };
  },

  run({ mode }, { a }, engine) {
    const { q, r } = engine.qr(a, mode);
    return q ? { q, r } : { r };
  },
});
