/** Functions that answer true or false, and those of truth values and bits. */

import * as loops from "../../loops/elementwise/comparisons.ts";
import * as asked from "../../loops/elementwise/predicates.ts";
import * as bools from "../../loops/elementwise/whole/bools.ts";
import * as integers from "../../loops/elementwise/whole/integer-pairs.ts";
import { invertInteger } from "../../loops/elementwise/whole/integers.ts";
import type { ScalarFunction } from "./scalar-function.ts";

/** Of two arrays. */
const order: readonly ScalarFunction[] = [
  {
    name: "equal",
    summary: "Whether a = b",
    real: loops.equalReal,
    complex: loops.equalComplex,
    int: loops.equalInteger,
  },
  {
    name: "not_equal",
    summary: "Whether a ≠ b",
    real: loops.notEqualReal,
    complex: loops.notEqualComplex,
    int: loops.notEqualInteger,
  },
  {
    name: "less",
    summary: "Whether a < b",
    real: loops.lessReal,
    complex: loops.lessComplex,
    int: loops.lessInteger,
  },
  {
    name: "less_equal",
    summary: "Whether a ≤ b",
    real: loops.lessEqualReal,
    complex: loops.lessEqualComplex,
    int: loops.lessEqualInteger,
  },
  {
    name: "greater",
    summary: "Whether a > b",
    real: loops.greaterReal,
    complex: loops.greaterComplex,
    int: loops.greaterInteger,
  },
  {
    name: "greater_equal",
    summary: "Whether a ≥ b",
    real: loops.greaterEqualReal,
    complex: loops.greaterEqualComplex,
    int: loops.greaterEqualInteger,
  },
];

const logic: readonly ScalarFunction[] = [
  { name: "logical_and", summary: "Whether neither a nor b is zero", truth: bools.andBool },
  { name: "logical_or", summary: "Whether a or b is not zero", truth: bools.orBool },
  { name: "logical_xor", summary: "Whether just one of a and b is not zero", truth: bools.xorBool },
];

const bits: readonly ScalarFunction[] = [
  {
    name: "bitwise_and",
    summary: "Bits that a and b both have",
    bool: bools.andBool,
    int: integers.andInteger,
  },
  { name: "bitwise_or", summary: "Bits that a or b has", bool: bools.orBool, int: integers.orInteger },
  {
    name: "bitwise_xor",
    summary: "Bits that just one of a and b has",
    bool: bools.xorBool,
    int: integers.xorInteger,
  },
  {
    name: "left_shift",
    aliases: ["bitwise_left_shift"],
    summary: "The bits of a moved b places to the left",
    int: integers.leftShiftInteger,
    flops: [60],
  },
  {
    name: "right_shift",
    aliases: ["bitwise_right_shift"],
    summary: "The bits of a moved b places to the right, its sign staying",
    int: integers.rightShiftInteger,
    flops: [60],
  },
];

export const comparisons: readonly ScalarFunction[] = [
  ...order.map((row) => ({ ...row, gives: "bool" as const })),
  ...logic,
  ...bits,
];

/** Of one array. */
const questions: readonly ScalarFunction[] = [
  { name: "isnan", summary: "Whether a is NaN", real: asked.isNaNReal, complex: asked.isNaNComplex },
  {
    name: "isinf",
    summary: "Whether a is an infinity",
    real: asked.isInfiniteReal,
    complex: asked.isInfiniteComplex,
  },
  {
    name: "isfinite",
    summary: "Whether a is neither NaN nor an infinity",
    real: asked.isFiniteReal,
    complex: asked.isFiniteComplex,
  },
  { name: "isposinf", summary: "Whether a is the positive infinity", real: asked.isPositiveInfinityReal },
  { name: "isneginf", summary: "Whether a is the negative infinity", real: asked.isNegativeInfinityReal },
  {
    name: "isreal",
    summary: "Whether the imaginary part of a is zero",
    real: asked.trueReal,
    complex: asked.isRealComplex,
  },
  {
    name: "iscomplex",
    summary: "Whether the imaginary part of a is not zero",
    real: asked.falseReal,
    complex: asked.isNotRealComplex,
  },
  {
    name: "signbit",
    summary: "Whether a has a minus sign, as -0 has",
    real: asked.signBit,
    flops: [30],
    differences: ["NaN has no sign here."],
  },
];

export const predicates: readonly ScalarFunction[] = [
  ...questions.map((row) => ({ ...row, gives: "bool" as const })),
  { name: "logical_not", summary: "Whether a is zero", truth: bools.notBool },
  {
    name: "invert",
    aliases: ["bitwise_invert", "bitwise_not"],
    summary: "Every bit of a turned; true and false of bools",
    bool: bools.notBool,
    int: invertInteger,
  },
];
