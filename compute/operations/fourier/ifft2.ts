import { defineOperation } from "../../model/operation.ts";
import { overTwoAxes } from "./two-axes.ts";

/** numpy.fft.ifft2: the inverse of fft2; complex128 for every input dtype. */
export const ifft2 = defineOperation({
  name: "ifft2",
  summary: "Inverse two-dimensional discrete Fourier transform of the last two axes, as numpy.fft.ifft2",
  inputs: {
    a: {
      description: "…×m×n; leading axes are a batch",
      rank: { min: 2 },
      dtypes: ["complex128", "float64", "float32"],
    },
  },
  outputs: {
    result: "the shape of a with s points on the axes, complex128 (NumPy answers complex64 for float32)",
  },
  example: {
    operation: "ifft2",
    dataMatrix: [
      [10, -2],
      [-4, 0],
    ],
  },
  ...overTwoAxes({ isInverse: true }),
});
