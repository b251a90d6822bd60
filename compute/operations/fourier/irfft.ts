import { defineOperation } from "../../model/operation.ts";
import { alongAxis } from "./along-axis.ts";

/** numpy.fft.irfft: the inverse of rfft; imaginary parts of points 0 and, for even n, n/2 count as zero. */
export const irfft = defineOperation({
  name: "irfft",
  summary: "The real lines of which points 0 to n/2 are the transform along one axis, as numpy.fft.irfft",
  inputs: {
    a: {
      description:
        "points 0 to n/2 of each line, along params.axis; all other axes are a batch (NumPy takes real arrays too)",
      rank: { min: 1 },
      dtypes: ["complex128"],
    },
  },
  outputs: { result: "the shape of a with n points on the axis, float64" },
  example: { operation: "irfft", inputs: { a: { data: { re: [10, -2, -2], im: [0, 2, 0] } } } },
  ...alongAxis("inverseRealFft"),
});
