/** Exponentials, logarithms and roots of one array. */
import * as complex from "../../loops/elementwise/complex/exponential.ts";
import { each, eachComplex } from "../../loops/elementwise/each.ts";
import { expReal, logReal, sqrtReal } from "../../loops/elementwise/functions.ts";
import { cbrt } from "../../math/cube-root.ts";
import { exp2, expm1 } from "../../math/exponential.ts";
import { log1p, log2, log10 } from "../../math/logarithm.ts";
import type { ScalarFunction } from "./scalar-function.ts";

/** What no line of this table says otherwise. */
export const nearNumPy: readonly string[] = [
  "float64 results are within 2 units in the last place of NumPy's, complex ones within 4e-15 of their magnitude; float32 ones are rounded once, where NumPy's are up to 3 units off.",
  "Arguments outside the domain give NaN or infinity without a warning.",
];

const table: readonly ScalarFunction[] = [
  {
    name: "exp",
    summary: "e to the power of every element",
    real: expReal,
    complex: eachComplex(complex.exp),
    flops: [20, 160],
  },
  {
    name: "exp2",
    summary: "2 to the power of every element",
    real: each(exp2),
    complex: eachComplex(complex.exp2),
    flops: [40, 169],
  },
  {
    name: "expm1",
    summary: "exp(a) - 1, which keeps its digits near 0",
    real: each(expm1),
    complex: eachComplex(complex.expm1),
    flops: [69, 233],
  },
  {
    name: "log",
    summary: "Natural logarithm of every element",
    real: logReal,
    complex: eachComplex(complex.log),
    flops: [16, 200],
  },
  {
    name: "log2",
    summary: "Logarithm to the base 2 of every element",
    real: each(log2),
    complex: eachComplex(complex.log2),
    flops: [62, 205],
  },
  {
    name: "log10",
    summary: "Logarithm to the base 10 of every element",
    real: each(log10),
    complex: eachComplex(complex.log10),
    flops: [63, 205],
  },
  {
    name: "log1p",
    summary: "log(1 + a), which keeps its digits near 0",
    real: each(log1p),
    complex: eachComplex(complex.log1p),
    flops: [58, 206],
    differences: ["Small complex numbers keep their digits; NumPy loses those that 1 + a has no room for."],
  },
  {
    name: "sqrt",
    summary: "Square root of every element",
    real: sqrtReal,
    complex: eachComplex(complex.sqrt),
    flops: [4, 100],
    differences: [
      "Complex roots are within 1e-15 of their magnitude of NumPy's; real ones are the same to the bit.",
      "The root of a negative real number is NaN without a warning.",
    ],
  },
  { name: "cbrt", summary: "Cube root of every element", real: each(cbrt), flops: [169] },
];

export const exponentials: readonly ScalarFunction[] = table.map((row) => ({
  differences: nearNumPy,
  ...row,
}));
