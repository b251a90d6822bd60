import * as z from "zod";
import { choleskyStep, widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { realOrComplex, requireSquare, widens } from "./checks.ts";

const params = () =>
  z.strictObject({
    upper: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe(
        "Read the upper half of a and answer U of a = Uᴴ·U, instead of the lower half and L of a = L·Lᴴ",
      ),
  });

/** As numpy.linalg.cholesky. @throws Problem not-positive-definite (run) */
export const cholesky = defineOperation({
  name: "cholesky",
  summary: "Cholesky factor of a Hermitian positive definite matrix, as numpy.linalg.cholesky",
  inputs: {
    a: {
      description: "n×n; only the half that `upper` names is read, and of its diagonal the real part",
      rank: 2,
      dtypes: realOrComplex,
    },
  },
  outputs: { result: "n×n triangle; float64, or complex128 where a is" },
  params,
  differences: [widens],
  example: {
    operation: "cholesky",
    dataMatrix: [
      [4, 2],
      [2, 3],
    ],
  },

  plan({ upper }, { a }) {
    requireSquare("a", a);
    const result = widened(a);
    return { params: { upper }, outputs: { result }, steps: whileHolding([a, result], [choleskyStep(a)]) };
  },

  run: ({ upper }, { a }, engine) => ({ result: engine.cholesky(a, upper) }),
});
