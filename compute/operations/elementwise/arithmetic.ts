/** add, subtract, multiply, divide, power: NumPy's binary ufuncs. */
import * as loops from "../../loops/elementwise/arithmetic.ts";
import { powerComplex, powerReal } from "../../loops/elementwise/power.ts";
import { binaryOperation } from "./define.ts";

const example = {
  inputs: {
    a: {
      data: [
        [1, 2],
        [3, 4],
      ],
    },
    b: { data: [10, 20] },
  },
};

export const add = binaryOperation({
  name: "add",
  summary: "a + b, element by element with broadcasting, as numpy.add",
  real: loops.addReal,
  complex: loops.addComplex,
  example,
});

export const subtract = binaryOperation({
  name: "subtract",
  summary: "a - b, element by element with broadcasting, as numpy.subtract",
  real: loops.subtractReal,
  complex: loops.subtractComplex,
  example,
});

export const multiply = binaryOperation({
  name: "multiply",
  summary: "a · b, element by element with broadcasting, as numpy.multiply",
  real: loops.multiplyReal,
  complex: loops.multiplyComplex,
  differences: [
    "Complex parts are rounded after each product; NumPy fuses them on some CPUs: other last bits, and infinity where two overflowing products cancel to NaN here.",
  ],
  example,
});

export const divide = binaryOperation({
  name: "divide",
  summary: "a / b, element by element with broadcasting, as numpy.divide",
  real: loops.divideReal,
  complex: loops.divideComplex,
  differences: ["Division by zero gives infinities and NaNs without a warning."],
  example,
});

export const power = binaryOperation({
  name: "power",
  summary: "a to the power of b, element by element with broadcasting, as numpy.power",
  real: powerReal,
  complex: powerComplex,
  flopsEach: [50, 180],
  differences: [
    "Within 2 units in the last place of NumPy; complex powers within 1e-13 of their magnitude.",
    "A negative number to a fractional power is NaN without a warning.",
  ],
  example: {
    inputs: {
      a: {
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      b: { data: [2, 0.5] },
    },
  },
});
