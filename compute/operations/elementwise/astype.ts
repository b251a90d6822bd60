import { type ArraySpec, type Dtype, dtypes } from "@sluice/contract/array";
import * as z from "zod";
import { cast } from "../../loops/casts/cast.ts";
import { conversionStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";

const resultOf = ({ shape }: ArraySpec, dtype: Dtype): ArraySpec => ({ shape, dtype });

/** numpy.ndarray.astype: every element in another dtype, always a copy. */
export const astype = defineOperation({
  name: "astype",
  summary: "Every element in another dtype, as numpy.astype",
  inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes } },
  outputs: { result: "the shape of a, in the dtype that is asked for" },
  params: () =>
    z.strictObject({
      dtype: z
        .enum(dtypes, { error: `one of ${dtypes.join(", ")}` })
        .describe("The dtype of the result; floats become int64 by their whole part, anything but 0 is true"),
    }),
  differences: [
    "Complex to real drops the imaginary part without NumPy's warning.",
    "NaN and what int64 has no room for become -2^63 everywhere, as in NumPy on x86-64; on arm64 NumPy answers the nearest int64, and 0 for NaN.",
  ],
  example: { operation: "astype", params: { dtype: "int64" }, dataMatrix: [[1.5, -2.5, 3]] },

  plan({ dtype }, { a }) {
    const result = resultOf(a, dtype);
    return {
      params: { dtype },
      outputs: { result },
      steps: whileHolding([a, result], [conversionStep(a, result)]),
    };
  },

  run({ dtype }, { a }, engine) {
    return { result: cast(a, engine.array(resultOf(a, dtype)), engine.nextStep()) };
  },
});
