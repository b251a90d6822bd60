import { defineOperation } from "../../model/operation.ts";
import { alongAxis } from "./along-axis.ts";

/** numpy.fft.ifft: the inverse of fft; complex128 for every input dtype. */
export const ifft = defineOperation({
  name: "ifft",
  summary: "Inverse discrete Fourier transform of every line along one axis, as numpy.fft.ifft",
  inputs: {
    a: {
      description: "the lines, along params.axis; all other axes are a batch",
      rank: { min: 1 },
      dtypes: ["complex128", "float64", "float32"],
    },
  },
  outputs: {
    result: "the shape of a with n points on the axis, complex128 (NumPy answers complex64 for float32)",
  },
  example: { operation: "ifft", inputs: { a: { data: { re: [10, -2, -2, -2], im: [0, 2, 0, -2] } } } },
  ...alongAxis("inverseFft"),
});
