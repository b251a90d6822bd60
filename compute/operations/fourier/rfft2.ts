import { defineOperation } from "../../model/operation.ts";
import { overTwoAxes } from "./two-axes.ts";

/** numpy.fft.rfft2: of real matrices the columns 0 … n/2 of fft2, which determine the others. */
export const rfft2 = defineOperation({
  name: "rfft2",
  summary:
    "Columns 0 to n/2 of the two-dimensional discrete Fourier transform of real matrices, as numpy.fft.rfft2",
  inputs: {
    a: { description: "…×m×n; leading axes are a batch", rank: { min: 2 }, dtypes: ["float64", "float32"] },
  },
  outputs: {
    result:
      "the shape of a with s points on the axes, of the last of them n/2 + 1, complex128 (NumPy answers complex64 for float32)",
  },
  example: {
    operation: "rfft2",
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },
  ...overTwoAxes({ isInverse: false, real: "in" }),
});
