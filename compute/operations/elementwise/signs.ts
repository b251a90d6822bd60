/** Signs, parts, whole numbers and neighbours of the elements of one array. */

import * as complex from "../../loops/elementwise/complex/rational.ts";
import { each, eachComplex } from "../../loops/elementwise/each.ts";
import { absReal } from "../../loops/elementwise/functions.ts";
import { ceilReal, floorReal, rintReal, truncReal } from "../../loops/elementwise/rounding.ts";
import {
  conjugateComplex,
  copyComplex,
  copyReal,
  imaginaryPart,
  negativeComplex,
  negativeReal,
  realPart,
  reciprocalReal,
  rintComplex,
  signReal,
  squareReal,
  zeroReal,
} from "../../loops/elementwise/signs.ts";
import { copyBool, falseBool } from "../../loops/elementwise/whole/bools.ts";
import * as integers from "../../loops/elementwise/whole/integers.ts";
import { i0 } from "../../math/bessel.ts";
import { singleSpacing, spacing } from "../../math/neighbours.ts";
import { fused } from "./arithmetic.ts";
import type { ScalarFunction } from "./scalar-function.ts";

export const signs: readonly ScalarFunction[] = [
  {
    name: "negative",
    summary: "-a of every element",
    real: negativeReal,
    int: integers.negativeInteger,
    refuses: "bool",
    complex: negativeComplex,
  },
  {
    name: "positive",
    summary: "Every element as it is",
    real: copyReal,
    int: integers.copyInteger,
    refuses: "bool",
    complex: copyComplex,
  },
  {
    name: "sign",
    summary: "1, 0 or -1 by the sign of every element, of complex ones a/|a|",
    real: signReal,
    int: integers.signInteger,
    refuses: "bool",
    complex: eachComplex(complex.sign),
    flops: [20, 35],
  },
  {
    name: "square",
    summary: "a·a of every element",
    real: squareReal,
    int: integers.squareInteger,
    complex: eachComplex(complex.square),
    flops: [3, 25],
    differences: fused,
  },
  {
    name: "reciprocal",
    summary: "1/a of every element",
    real: reciprocalReal,
    int: integers.reciprocalInteger,
    complex: eachComplex(complex.reciprocal),
    flops: [4, 44],
  },
  { name: "fabs", summary: "Absolute value of every real element", real: absReal },
  {
    name: "conj",
    aliases: ["conjugate"],
    summary: "Every element with the sign of its imaginary part turned",
    real: copyReal,
    int: integers.copyInteger,
    complex: conjugateComplex,
  },
  {
    name: "real",
    summary: "Real part of every element",
    real: copyReal,
    int: integers.copyInteger,
    bool: copyBool,
    complex: realPart,
    gives: "real",
  },
  {
    name: "imag",
    summary: "Imaginary part of every element, 0 of real ones",
    real: zeroReal,
    int: integers.zeroInteger,
    bool: falseBool,
    complex: imaginaryPart,
    gives: "real",
  },
  {
    name: "floor",
    summary: "The largest whole number that is not above every element",
    real: floorReal,
    int: integers.copyInteger,
    bool: copyBool,
  },
  {
    name: "ceil",
    summary: "The smallest whole number that is not below every element",
    real: ceilReal,
    int: integers.copyInteger,
    bool: copyBool,
  },
  {
    name: "trunc",
    aliases: ["fix"],
    summary: "Every element without what is behind its point",
    real: truncReal,
    int: integers.copyInteger,
    bool: copyBool,
  },
  {
    name: "rint",
    summary: "The nearest whole number of every element, of two the even one",
    real: rintReal,
    flops: [20, 40],
    complex: rintComplex,
  },
  {
    name: "spacing",
    summary: "The distance of every element to the next number away from zero",
    real: each(spacing),
    single: each(singleSpacing),
    flops: [57],
  },
  {
    name: "i0",
    summary: "Modified Bessel function of the first kind, order 0",
    real: each(i0),
    flops: [101],
    differences: [
      "Within 12 units in the last place of NumPy's.",
      "An infinity gives infinity; NumPy has NaN.",
    ],
  },
];
