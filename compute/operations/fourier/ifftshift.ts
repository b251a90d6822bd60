import { dtypes } from "@sluice/contract/array";
import { defineOperation } from "../../model/operation.ts";
import { shiftAlongAxes } from "./shift-along-axes.ts";

/** numpy.fft.ifftshift: the way back from fftshift, which differs from it on axes of odd extent. */
export const ifftshift = defineOperation({
  name: "ifftshift",
  summary: "Moves the middle of each axis to point 0, as numpy.fft.ifftshift: the inverse of fftshift",
  inputs: {
    a: { description: "any array", rank: { min: 0 }, dtypes },
  },
  outputs: { result: "the shape and dtype of a" },
  example: { operation: "ifftshift", inputs: { a: { data: [-2, -1, 0, 1, 2] } } },
  ...shiftAlongAxes((points) => Math.ceil(points / 2)),
});
