import { defineOperation } from "../../model/operation.ts";
import { alongAxis } from "./along-axis.ts";

/** numpy.fft.rfft: of real lines the points 0 … n/2, which determine the others. */
export const rfft = defineOperation({
  name: "rfft",
  summary:
    "Points 0 to n/2 of the discrete Fourier transform of every real line along one axis, as numpy.fft.rfft",
  inputs: {
    a: {
      description: "the lines, along params.axis; all other axes are a batch",
      rank: { min: 1 },
      dtypes: ["float64", "float32"],
    },
  },
  outputs: {
    result:
      "the shape of a with n/2 + 1 points on the axis, complex128 (NumPy answers complex64 for float32)",
  },
  example: { operation: "rfft", inputs: { a: { data: [1, 2, 3, 4] } } },
  ...alongAxis("realFft"),
});
