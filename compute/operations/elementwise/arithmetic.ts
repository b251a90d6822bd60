/** Functions of two arrays, element by element with broadcasting. */
import * as loops from "../../loops/elementwise/arithmetic.ts";
import { floorDivideReal, fmodReal, remainderReal } from "../../loops/elementwise/division.ts";
import { eachPair } from "../../loops/elementwise/each.ts";
import * as extremes from "../../loops/elementwise/extremes.ts";
import { powerComplex, powerReal } from "../../loops/elementwise/power.ts";
import { heaviside, logAddExp, logAddExp2 } from "../../loops/elementwise/real-functions.ts";
import { andBool, orBool } from "../../loops/elementwise/whole/bools.ts";
import * as integers from "../../loops/elementwise/whole/integer-pairs.ts";
import { atan2 } from "../../math/arctangent.ts";
import { hypot } from "../../math/hypot.ts";
import { nextAfter, nextSingleAfter } from "../../math/neighbours.ts";
import { copySign } from "../../math/sign.ts";
import type { ScalarFunction } from "./scalar-function.ts";

/** What products of complex numbers differ in. */
export const fused: readonly string[] = [
  "Complex parts are rounded after each product; NumPy fuses them on some CPUs: other last bits, and infinity where two overflowing products cancel to NaN here.",
];

const powers = {
  flops: [68, 483],
  differences: [
    "Within 2 units in the last place of NumPy; complex powers within 5e-13 of their magnitude.",
    "A negative number to a fractional power is NaN without a warning.",
  ],
} as const;

const withinTwo: readonly string[] = ["Within 2 units in the last place of NumPy's."];

export const arithmetic: readonly ScalarFunction[] = [
  {
    name: "add",
    summary: "a + b",
    real: loops.addReal,
    int: integers.addInteger,
    bool: orBool,
    complex: loops.addComplex,
  },
  {
    name: "subtract",
    summary: "a - b",
    real: loops.subtractReal,
    int: integers.subtractInteger,
    refuses: "bool",
    complex: loops.subtractComplex,
  },
  {
    name: "multiply",
    summary: "a · b",
    real: loops.multiplyReal,
    int: integers.multiplyInteger,
    bool: andBool,
    complex: loops.multiplyComplex,
    differences: fused,
  },
  {
    name: "divide",
    aliases: ["true_divide"],
    summary: "a / b",
    real: loops.divideReal,
    complex: loops.divideComplex,
    differences: ["Division by zero gives infinities and NaNs without a warning."],
  },
  {
    name: "floor_divide",
    summary: "The largest whole number that is not above a / b",
    real: floorDivideReal,
    int: integers.floorDivideInteger,
    flops: [72],
  },
  {
    name: "remainder",
    aliases: ["mod"],
    summary: "What floor_divide leaves of a, with the sign of b",
    real: remainderReal,
    int: integers.remainderInteger,
    flops: [56],
  },
  {
    name: "fmod",
    summary: "What division without its fraction leaves of a, with the sign of a",
    real: fmodReal,
    int: integers.fmodInteger,
    flops: [21],
  },
  {
    name: "power",
    aliases: ["pow"],
    summary: "a to the power of b",
    real: powerReal,
    int: integers.powerInteger,
    complex: powerComplex,
    ...powers,
  },
  {
    name: "float_power",
    summary: "a to the power of b in double precision, of whole numbers too",
    real: powerReal,
    complex: powerComplex,
    gives: "double",
    ...powers,
  },
  {
    name: "gcd",
    summary: "The greatest common divisor of a and b",
    int: integers.gcdInteger,
    refuses: "bool",
    flops: [200],
  },
  {
    name: "lcm",
    summary: "The least common multiple of a and b",
    int: integers.lcmInteger,
    refuses: "bool",
    flops: [200],
  },
  {
    name: "maximum",
    summary: "The larger of a and b, NaN where one is",
    real: extremes.maximumReal,
    int: integers.maximumInteger,
    bool: orBool,
    flops: [17, 56],
    complex: extremes.maximumComplex,
  },
  {
    name: "minimum",
    summary: "The smaller of a and b, NaN where one is",
    real: extremes.minimumReal,
    int: integers.minimumInteger,
    bool: andBool,
    flops: [16, 57],
    complex: extremes.minimumComplex,
  },
  {
    name: "fmax",
    summary: "The larger of a and b, the other where one is NaN",
    real: extremes.fmaxReal,
    int: integers.maximumInteger,
    bool: orBool,
    complex: extremes.fmaxComplex,
    flops: [22, 57],
  },
  {
    name: "fmin",
    summary: "The smaller of a and b, the other where one is NaN",
    real: extremes.fminReal,
    int: integers.minimumInteger,
    bool: andBool,
    complex: extremes.fminComplex,
    flops: [22, 57],
  },
  {
    name: "arctan2",
    aliases: ["atan2"],
    summary: "The angle of the point (b, a), from -π to π",
    real: eachPair(atan2),
    flops: [117],
    differences: withinTwo,
  },
  {
    name: "hypot",
    summary: "√(a² + b²) without overflow on the way",
    real: eachPair(hypot),
    flops: [31],
    differences: withinTwo,
  },
  {
    name: "logaddexp",
    summary: "log(exp(a) + exp(b)) without overflow on the way",
    real: eachPair(logAddExp),
    flops: [124],
    differences: withinTwo,
  },
  {
    name: "logaddexp2",
    summary: "log2(2^a + 2^b) without overflow on the way",
    real: eachPair(logAddExp2),
    flops: [134],
    differences: withinTwo,
  },
  { name: "copysign", summary: "The size of a with the sign of b", real: eachPair(copySign), flops: [47] },
  {
    name: "heaviside",
    summary: "0 where a is below zero, 1 where it is above, b where it is zero",
    real: eachPair(heaviside),
    flops: [43],
  },
  {
    name: "nextafter",
    summary: "The next number after a in the direction of b",
    real: eachPair(nextAfter),
    single: eachPair(nextSingleAfter),
    flops: [61],
  },
];
