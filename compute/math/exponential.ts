import { powers as powersOfStep, stepParts, stepsPerUnit } from "./tables/exponential.ts";

/**
 * exp: x is a whole number of steps of ln 2/128 and a rest below half of one. 2^(k/128) comes from a table, the rest
 * from Taylor's series, which is a small correction to it: that is what keeps the error near half a unit in the last
 * place (Tang 1989).
 */
const table = new Float64Array(powersOfStep);
const [stepHigh = 0, stepLow = 0] = stepParts;
/** Added and taken away again, it rounds to a whole number. */
const rounder = 1.5 * 2 ** 52;

export const leastPower = -1023;
/** 2^k for k = -1023 … 1023, which is place k - leastPower. */
export const powers = Float64Array.from({ length: 2047 }, (_, index) => 2 ** (index + leastPower));
const powerOfTwo = (exponent: number): number => powers[exponent - leastPower];

/** Where e^x and all on the way to it are normal numbers. */
const largestNormal = 708;

/** e^x, within 0.52 units in the last place. */
export function exp(x: number): number {
  return expOfSum(x, 0);
}

/** e^(x + rest), for a rest below 2^-10. */
export function expOfSum(x: number, rest: number): number {
  if (!(Math.abs(x) < largestNormal)) return extreme(x, rest);
  const steps = x * stepsPerUnit + rounder - rounder;
  const near = nearOne(x, steps, rest);
  const entry = 2 * (steps & 127);
  const value = table[entry];
  return (value + value * (table[entry + 1] + near)) * powers[(steps >> 7) - leastPower];
}

/** e^(x - steps · ln 2/128 + rest) - 1. */
const nearOne = (x: number, steps: number, rest: number): number =>
  nearZero(x - steps * stepHigh - steps * stepLow + rest);

/** e^r - 1 for |r| ≤ ln 2/256: Taylor's series to the fifth power. */
function nearZero(r: number): number {
  const square = r * r;
  return r + square * (0.5 + r * (1 / 6)) + square * square * (1 / 24 + r * (1 / 120));
}

/** Where the result or a factor of it is not a normal number. */
function extreme(x: number, rest: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 712) return Number.POSITIVE_INFINITY;
  if (x < -748) return 0;
  const steps = x * stepsPerUnit + rounder - rounder;
  return assembled(steps, nearOne(x, steps, rest), 0);
}

/** 2^(steps/128 + shift) · (1 + near), of any size. */
function assembled(steps: number, near: number, shift: number): number {
  const entry = 2 * (steps & 127);
  const exponent = (steps >> 7) + shift;
  const value = table[entry];
  const more = value * (table[entry + 1] + near);
  const sum = value + more;
  if (exponent > 1000) return sum * powerOfTwo(1000) * powerOfTwo(exponent - 1000);
  if (exponent >= -1022) return sum * powerOfTwo(exponent);
  // Subnormal: rounded once, at the last bit there is, by a sum with 1 in units of 2^-1022.
  const scale = powerOfTwo(exponent + 1022);
  const [high, low] = [sum * scale, (value - sum + more) * scale];
  const beside = 1 + high;
  return (beside + (1 - beside + high + low) - 1) * 2 ** -1022;
}

/** e^x/2 for x ≥ 0, which overflows later than e^x, within 0.52 units in the last place. */
export function halfExp(x: number): number {
  if (x < largestNormal) return expOfSum(x, 0) / 2;
  if (!(x < 712)) return x * Number.POSITIVE_INFINITY;
  const steps = x * stepsPerUnit + rounder - rounder;
  return assembled(steps, nearOne(x, steps, 0), -1);
}

/** 2^x, within 0.52 units in the last place; whole powers are exact. */
export function exp2(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x >= 1024) return Number.POSITIVE_INFINITY;
  if (x < -1076) return 0;
  const steps = 128 * x + rounder - rounder;
  return assembled(steps, nearZero((x - steps / 128) * Math.LN2), 0);
}

/** The two halves of e^x - 1: their sum has 60 bits. */
const halves = new Float64Array(2);

/** e^x - 1 in two halves, for |x| < 708. The array is written anew by each call. */
export function expm1Halves(x: number): Float64Array {
  if (Math.abs(x) < 1 / 32) {
    const square = x * x;
    halves[0] = x;
    halves[1] =
      square *
      (0.5 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x * (1 / 5040 + x * (1 / 40320)))))));
    return halves;
  }
  const steps = x * stepsPerUnit + rounder - rounder;
  const entry = 2 * (steps & 127);
  const value = table[entry] * powers[(steps >> 7) - leastPower];
  const less = value - 1;
  halves[0] = less;
  halves[1] =
    (less > 1 ? value - less - 1 : value - (less + 1)) + value * (table[entry + 1] + nearOne(x, steps, 0));
  return halves;
}

/** e^x - 1 without cancellation, within 0.6 units in the last place. */
export function expm1(x: number): number {
  if (!(Math.abs(x) < largestNormal)) return x < 0 ? -1 : exp(x);
  if (Math.abs(x) < 2 ** -54) return x;
  const parts = expm1Halves(x);
  return parts[0] + parts[1];
}
