/** Functions of real numbers that NumPy makes of others, in its order of operations. */
import { sin } from "../../math/circular.ts";
import { exp, exp2 } from "../../math/exponential.ts";
import { log1p } from "../../math/logarithm.ts";

/** ln(e^x + e^y) without overflow. */
export function logAddExp(x: number, y: number): number {
  if (x === y) return x + Math.LN2;
  const difference = x - y;
  if (difference > 0) return x + log1p(exp(-difference));
  return difference <= 0 ? y + log1p(exp(difference)) : Number.NaN;
}

/** log2(2^x + 2^y) without overflow. */
export function logAddExp2(x: number, y: number): number {
  if (x === y) return x + 1;
  const difference = x - y;
  if (difference > 0) return x + Math.LOG2E * log1p(exp2(-difference));
  return difference <= 0 ? y + Math.LOG2E * log1p(exp2(difference)) : Number.NaN;
}

/** 0 below zero, 1 above it, the second at it. */
export function heaviside(x: number, atZero: number): number {
  if (Number.isNaN(x)) return x;
  return x === 0 ? atZero : x < 0 ? 0 : 1;
}

/** sin(πx)/(πx), 1 at 0. */
export const sinc = (x: number): number => sineOver(Math.PI * x);

const singlePi = Math.fround(Math.PI);
/** With the angle rounded to float32, as NumPy has it. */
export const singleSinc = (x: number): number => sineOver(Math.fround(singlePi * x));

const sineOver = (x: number): number => (x === 0 ? 1 : sin(x) / x);
