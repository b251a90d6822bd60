import { dtypes } from "@sluice/contract/array";
import { defineOperation } from "../../model/operation.ts";
import { shiftAlongAxes } from "./shift-along-axes.ts";

/** numpy.fft.fftshift: point 0 of each axis to its middle. Bytes are copied, dtypes kept. */
export const fftshift = defineOperation({
  name: "fftshift",
  summary: "Moves point 0 of a transform to the middle of each axis, as numpy.fft.fftshift",
  inputs: {
    a: { description: "any array", rank: { min: 0 }, dtypes },
  },
  outputs: { result: "the shape and dtype of a" },
  example: { operation: "fftshift", inputs: { a: { data: [0, 1, 2, -2, -1] } } },
  ...shiftAlongAxes((points) => Math.floor(points / 2)),
});
