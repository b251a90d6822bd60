import { defineOperation } from "../../model/operation.ts";
import { overTwoAxes } from "./two-axes.ts";

/** numpy.fft.irfft2: the inverse of rfft2. */
export const irfft2 = defineOperation({
  name: "irfft2",
  summary:
    "The real matrices of which columns 0 to n/2 are the two-dimensional transform, as numpy.fft.irfft2",
  inputs: {
    a: {
      description: "…×m×(n/2 + 1); leading axes are a batch (NumPy takes real arrays too)",
      rank: { min: 2 },
      dtypes: ["complex128"],
    },
  },
  outputs: { result: "the shape of a with s points on the axes, float64" },
  example: {
    operation: "irfft2",
    inputs: {
      a: {
        data: {
          re: [
            [10, -2],
            [-4, 0],
          ],
          im: [
            [0, 0],
            [0, 0],
          ],
        },
      },
    },
  },
  ...overTwoAxes({ isInverse: true, real: "out" }),
});
