/** Circular and hyperbolic functions of one array, their inverses, and angles. */
import * as complex from "../../loops/elementwise/complex/hyperbolic.ts";
import * as inverse from "../../loops/elementwise/complex/inverse.ts";
import { sinc as complexSinc } from "../../loops/elementwise/complex/rational.ts";
import { each, eachComplex } from "../../loops/elementwise/each.ts";
import { cosReal, sinReal, tanhReal } from "../../loops/elementwise/functions.ts";
import { sinc, singleSinc } from "../../loops/elementwise/real-functions.ts";
import { scaledBy } from "../../loops/elementwise/signs.ts";
import { acos, asin, atan } from "../../math/arctangent.ts";
import { cosh, sinh } from "../../math/hyperbolic.ts";
import { acosh, asinh, atanh } from "../../math/inverse-hyperbolic.ts";
import { tan } from "../../math/tangent.ts";
import { nearNumPy } from "./exponential.ts";
import type { ScalarFunction } from "./scalar-function.ts";

const table: readonly ScalarFunction[] = [
  {
    name: "sin",
    summary: "Sine of every element, in radians",
    real: sinReal,
    complex: eachComplex(complex.sin),
    flops: [20, 250],
  },
  {
    name: "cos",
    summary: "Cosine of every element, in radians",
    real: cosReal,
    complex: eachComplex(complex.cos),
    flops: [24, 225],
  },
  {
    name: "tan",
    summary: "Tangent of every element, in radians",
    real: each(tan),
    complex: eachComplex(complex.tan),
    flops: [108, 265],
  },
  {
    name: "arcsin",
    aliases: ["asin"],
    summary: "Inverse sine of every element, in radians",
    real: each(asin),
    complex: eachComplex(inverse.asin),
    flops: [77, 441],
  },
  {
    name: "arccos",
    aliases: ["acos"],
    summary: "Inverse cosine of every element, in radians",
    real: each(acos),
    complex: eachComplex(inverse.acos),
    flops: [82, 467],
  },
  {
    name: "arctan",
    aliases: ["atan"],
    summary: "Inverse tangent of every element, in radians",
    real: each(atan),
    complex: eachComplex(inverse.atan),
    flops: [100, 221],
  },
  {
    name: "sinh",
    summary: "Hyperbolic sine of every element",
    real: each(sinh),
    complex: eachComplex(complex.sinh),
    flops: [94, 225],
  },
  {
    name: "cosh",
    summary: "Hyperbolic cosine of every element",
    real: each(cosh),
    complex: eachComplex(complex.cosh),
    flops: [49, 219],
  },
  {
    name: "tanh",
    summary: "Hyperbolic tangent of every element",
    real: tanhReal,
    complex: eachComplex(complex.tanh),
    flops: [38, 250],
  },
  {
    name: "arcsinh",
    aliases: ["asinh"],
    summary: "Inverse hyperbolic sine of every element",
    real: each(asinh),
    complex: eachComplex(inverse.asinh),
    flops: [119, 447],
  },
  {
    name: "arccosh",
    aliases: ["acosh"],
    summary: "Inverse hyperbolic cosine of every element",
    real: each(acosh),
    complex: eachComplex(inverse.acosh),
    flops: [62, 437],
  },
  {
    name: "arctanh",
    aliases: ["atanh"],
    summary: "Inverse hyperbolic tangent of every element",
    real: each(atanh),
    complex: eachComplex(inverse.atanh),
    flops: [55, 225],
  },
  {
    name: "sinc",
    summary: "sin(πa)/(πa) of every element, 1 at 0",
    real: each(sinc),
    single: each(singleSinc),
    complex: eachComplex(complexSinc),
    flops: [78, 287],
  },
];

/** Products with a constant, which float32 has rounded. */
const angles: readonly ScalarFunction[] = [
  {
    name: "deg2rad",
    aliases: ["radians"],
    summary: "Degrees as radians",
    real: scaledBy(Math.PI / 180),
    single: scaledBy(Math.fround(Math.PI / 180)),
  },
  {
    name: "rad2deg",
    aliases: ["degrees"],
    summary: "Radians as degrees",
    real: scaledBy(180 / Math.PI),
    single: scaledBy(Math.fround(180 / Math.fround(Math.PI))),
  },
];

export const circulars: readonly ScalarFunction[] = [
  ...table.map((row) => ({ differences: nearNumPy, ...row })),
  ...angles,
];
