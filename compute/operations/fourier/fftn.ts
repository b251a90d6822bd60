import { defineOperation } from "../../model/operation.ts";
import { overAxes } from "./over-axes.ts";

const complexInputs = {
  a: {
    description: "any array; axes that are not transformed are a batch",
    rank: { min: 1 },
    dtypes: ["float64", "float32", "complex128"],
  },
} as const;
const outputs = { result: "the shape of a with the points of s on the axes, complex128" };
const sample = [
  [1, 2],
  [3, 4],
];

/** numpy.fft.fftn */
export const fftn = defineOperation({
  name: "fftn",
  summary: "Discrete Fourier transform over any axes, as numpy.fft.fftn",
  inputs: complexInputs,
  outputs,
  example: { operation: "fftn", dataMatrix: sample },
  ...overAxes({ isInverse: false }),
});

/** numpy.fft.ifftn */
export const ifftn = defineOperation({
  name: "ifftn",
  summary: "Inverse discrete Fourier transform over any axes, as numpy.fft.ifftn",
  inputs: complexInputs,
  outputs,
  example: { operation: "ifftn", dataMatrix: sample },
  ...overAxes({ isInverse: true }),
});

/** numpy.fft.rfftn */
export const rfftn = defineOperation({
  name: "rfftn",
  summary:
    "Discrete Fourier transform of real numbers over any axes, half of it on the last, as numpy.fft.rfftn",
  inputs: { a: { ...complexInputs.a, dtypes: ["float64", "float32"] } },
  outputs: { result: "the shape of a with the points of s on the axes, n/2 + 1 on the last, complex128" },
  example: { operation: "rfftn", dataMatrix: sample },
  ...overAxes({ isInverse: false, real: "in" }),
});

/** numpy.fft.irfftn */
export const irfftn = defineOperation({
  name: "irfftn",
  summary: "The real numbers whose rfftn this is, as numpy.fft.irfftn",
  inputs: { a: { ...complexInputs.a, dtypes: ["complex128"] } },
  outputs: { result: "the shape of a with the points of s on the axes, float64" },
  example: {
    operation: "irfftn",
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
  ...overAxes({ isInverse: true, real: "out" }),
});
