/** exp, log, sqrt, sin, cos, tanh: functions of one array, element by element. */
import * as loops from "../../loops/elementwise/functions.ts";
import { unaryOperation } from "./define.ts";

const example = { dataMatrix: [[0.5, 1, 2]] };
const withinUlps = [
  "Real results are within 2 units in the last place of NumPy's, complex ones within 1e-15 of their magnitude.",
  "Arguments outside the domain give NaN or infinity without a warning.",
];

export const exp = unaryOperation({
  name: "exp",
  summary: "e to the power of every element, as numpy.exp",
  real: loops.expReal,
  complex: loops.expComplex,
  flopsEach: [20, 70],
  differences: withinUlps,
  example,
});

export const log = unaryOperation({
  name: "log",
  summary: "Natural logarithm of every element, as numpy.log",
  real: loops.logReal,
  complex: loops.logComplex,
  flopsEach: [16, 85],
  differences: withinUlps,
  example,
});

export const sqrt = unaryOperation({
  name: "sqrt",
  summary: "Square root of every element, as numpy.sqrt",
  real: loops.sqrtReal,
  complex: loops.sqrtComplex,
  flopsEach: [4, 40],
  differences: [
    "Complex roots are within 1e-15 of their magnitude of NumPy's; real ones are the same to the bit.",
    "The root of a negative real number is NaN without a warning.",
  ],
  example,
});

export const sin = unaryOperation({
  name: "sin",
  summary: "Sine of every element, in radians, as numpy.sin",
  real: loops.sinReal,
  complex: loops.sinComplex,
  flopsEach: [20, 100],
  differences: withinUlps,
  example,
});

export const cos = unaryOperation({
  name: "cos",
  summary: "Cosine of every element, in radians, as numpy.cos",
  real: loops.cosReal,
  complex: loops.cosComplex,
  flopsEach: [24, 100],
  differences: withinUlps,
  example,
});

export const tanh = unaryOperation({
  name: "tanh",
  summary: "Hyperbolic tangent of every element, as numpy.tanh",
  real: loops.tanhReal,
  complex: loops.tanhComplex,
  flopsEach: [38, 75],
  differences: withinUlps,
  example,
});
