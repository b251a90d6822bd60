import { defineOperation } from "../../model/operation.ts";
import { overTwoAxes } from "./two-axes.ts";

/** numpy.fft.fft2, over the last two axes unless told otherwise; the answer is complex128 for every input dtype. */
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
  outputs: {
    result: "the shape of a with s points on the axes, complex128 (NumPy answers complex64 for float32)",
  },
  example: {
    operation: "fft2",
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },
  ...overTwoAxes({ isInverse: false }),
});
