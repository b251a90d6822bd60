import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { binaryExponent } from "../../math/exponent.ts";
import { hypot } from "../../math/hypot.ts";
import { log } from "../../math/logarithm.ts";
import { luStep, widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation, type OperationPlan } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { realOrComplex, requireSquare, widens } from "./checks.ts";
import { widthOf } from "./elimination.ts";
import { made } from "./made.ts";

/** A determinant as (re + im·i)·2^exponent: the product of a thousand pivots rarely fits a number. */
interface Scaled {
  readonly re: number;
  readonly im: number;
  readonly exponent: number;
}

function determinant(a: FloatingArray, engine: Engine): Scaled {
  const { lu, pivots } = engine.lu(a);
  const width = widthOf(lu);
  let [re, im, exponent] = [1, 0, 0];
  for (const [k, row] of pivots.entries()) {
    const at = k * (lu.shape[1] + 1) * width;
    const sign = row === k ? 1 : -1;
    let [x, y] = [sign * lu.data[at], width === 2 ? sign * lu.data[at + 1] : 0];
    const pivotExponent = exponentOf(x, y);
    [x, y] = [scaled(x, -pivotExponent), scaled(y, -pivotExponent)];
    [re, im] = width === 2 ? [re * x - im * y, re * y + im * x] : [re * x, 0];
    const shift = exponentOf(re, im);
    [re, im] = [scaled(re, -shift), scaled(im, -shift)];
    exponent += pivotExponent + shift;
  }
  engine.release(lu);
  return { re, im, exponent };
}

/** Of the larger of two parts; 0 where there is none. */
function exponentOf(re: number, im: number): number {
  const size = Math.max(Math.abs(re), Math.abs(im));
  return size > 0 && size < Number.POSITIVE_INFINITY ? binaryExponent(size) : 0;
}

/** x·2^exponent in two halves, as 2^1100 is no number. */
function scaled(x: number, exponent: number): number {
  const half = Math.max(-1000, Math.min(1000, Math.trunc(exponent / 2)));
  const rest = Math.max(-1000, Math.min(1000, exponent - half));
  return x * 2 ** half * 2 ** rest;
}

const inputs = { a: { description: "n×n", rank: 2, dtypes: realOrComplex } } as const;

function planOf(
  a: FloatingSpec,
  outputs: Record<string, FloatingSpec>,
): OperationPlan<Record<string, never>> {
  requireSquare("a", a);
  return { params: {}, outputs, steps: whileHolding([a, widened(a)], [luStep(a)]) };
}

const scalar = (a: FloatingSpec): FloatingSpec => ({ shape: [], dtype: widened(a).dtype });

function scalarOf(
  { re, im }: { re: number; im: number },
  dtype: FloatingSpec["dtype"],
  engine: Engine,
): FloatingArray {
  return made(engine, [], dtype === "complex128" ? [re, im] : [re], dtype);
}
const sample = [
  [1, 2],
  [3, 4],
];

/** Overflows and underflows only where the determinant itself does. */
export const det = defineOperation({
  name: "det",
  summary: "Determinant, as numpy.linalg.det; 0 where a is singular",
  inputs,
  outputs: { result: "0-d; float64, or complex128 where a is" },
  params: () => z.strictObject({}),
  differences: [widens, "The product of pivots does not overflow on the way."],
  example: { operation: "det", dataMatrix: sample },
  plan: (_params, { a }) => planOf(a, { result: scalar(a) }),
  run(_params, { a }, engine) {
    const { re, im, exponent } = determinant(a, engine);
    const value = { re: scaled(re, exponent), im: scaled(im, exponent) };
    return { result: scalarOf(value, widened(a).dtype, engine) };
  },
});

export const slogdet = defineOperation({
  name: "slogdet",
  summary: "Sign and natural logarithm of the magnitude of the determinant, as numpy.linalg.slogdet",
  inputs,
  outputs: {
    sign: "0-d: -1, 0 or 1, or complex128 of magnitude 1 (or 0) where a is complex",
    logabsdet: "0-d float64; -Infinity where a is singular",
  },
  params: () => z.strictObject({}),
  differences: [widens],
  example: { operation: "slogdet", dataMatrix: sample },
  plan: (_params, { a }) => planOf(a, { sign: scalar(a), logabsdet: { shape: [], dtype: "float64" } }),
  run(_params, { a }, engine) {
    const { re, im, exponent } = determinant(a, engine);
    const size = hypot(re, im);
    const sign = size === 0 ? { re: 0, im: 0 } : { re: re / size, im: im / size };
    const logabsdet = log(size) + exponent * Math.LN2;
    return {
      sign: scalarOf(sign, widened(a).dtype, engine),
      logabsdet: scalarOf({ re: logabsdet, im: 0 }, "float64", engine),
    };
  },
});
