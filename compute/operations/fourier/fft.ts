import { defineOperation } from "../../model/operation.ts";
import { alongAxis } from "./along-axis.ts";

/** numpy.fft.fft: every line along an axis; complex128 for every input dtype. */
export const fft = defineOperation({
  name: "fft",
  summary: "Discrete Fourier transform of every line along one axis, as numpy.fft.fft",
  inputs: {
    a: {
      description: "the lines, along params.axis; all other axes are a batch",
      rank: { min: 1 },
      dtypes: ["float64", "float32", "complex128"],
    },
  },
  outputs: {
    result: "the shape of a with n points on the axis, complex128 (NumPy answers complex64 for float32)",
  },
  example: { operation: "fft", inputs: { a: { data: [1, 2, 3, 4] } } },
  ...alongAxis("fft"),
});
