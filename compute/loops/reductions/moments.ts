/** Mean and variance in the steps in which NumPy takes them, so that they agree with it to the bit. */
import { type FloatingArray, type FloatingDtype, type FloatingSpec, isComplex } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { reducedCount, reducedShape } from "../../model/axes.ts";
import { elementwiseStep, reduceStep } from "../../model/loop-steps.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";
import { scalar } from "../../operations/program/scalar.ts";
import { applyElementwise, type Loop } from "../elementwise/apply.ts";
import * as loops from "../elementwise/arithmetic.ts";
import { sqrtReal } from "../elementwise/functions.ts";
import { type Fold, reduce } from "./reduce.ts";
import { sumComplex, sumComplexSingle, sumReal, sumSingle } from "./sum.ts";

export const sumFolds: Readonly<Record<FloatingDtype, Fold>> = {
  float64: sumReal,
  float32: sumSingle,
  complex128: sumComplex,
  complex64: sumComplexSingle,
};

const realDtypeOf = (dtype: FloatingDtype): FloatingDtype => (dtype === "complex128" ? "float64" : dtype);

function sumInto(
  a: FloatingArray,
  axes: readonly number[],
  shape: readonly number[],
  engine: Engine,
): FloatingArray {
  const result = engine.array({ shape, dtype: a.dtype });
  result.data.fill(0);
  return reduce(sumFolds[a.dtype], a, axes, result, engine.nextStep());
}

/** Element by element with a second operand, in place. */
function applyInPlace(
  real: Loop,
  complex: Loop,
  a: FloatingArray,
  b: FloatingArray,
  engine: Engine,
): FloatingArray {
  const as = isComplex(a) ? "complex128" : "float64";
  const operands = [a, b].map((array) => ({ array, as }) as const);
  return applyElementwise(as === "complex128" ? complex : real, operands, a, engine.nextStep());
}

const divideBy = (a: FloatingArray, count: number, engine: Engine): FloatingArray =>
  applyInPlace(loops.divideReal, loops.divideComplex, a, scalar(count), engine);

export function meanSteps(a: FloatingSpec, mean: FloatingSpec, axes: readonly number[]): PlanStep[] {
  return whileHolding([a, mean], [reduceStep(a, mean, axes), elementwiseStep([mean], mean)]);
}

/** Mean over axes in the dtype of a; NaN over no elements. Runs `meanSteps`. */
export function meanOver(
  a: FloatingArray,
  axes: readonly number[],
  keepdims: boolean,
  engine: Engine,
): FloatingArray {
  const sum = sumInto(a, axes, reducedShape(a.shape, axes, keepdims), engine);
  return divideBy(sum, reducedCount(a.shape, axes), engine);
}

export function varianceSpec(a: FloatingSpec, axes: readonly number[], keepdims: boolean): FloatingSpec {
  return { shape: reducedShape(a.shape, axes, keepdims), dtype: realDtypeOf(a.dtype) };
}

export function varianceSteps(a: FloatingSpec, axes: readonly number[], result: FloatingSpec): PlanStep[] {
  const mean: FloatingSpec = { shape: reducedShape(a.shape, axes, true), dtype: a.dtype };
  const deviations: FloatingSpec = { shape: a.shape, dtype: a.dtype };
  const squares: FloatingSpec = { shape: a.shape, dtype: realDtypeOf(a.dtype) };
  const both = a.dtype === "complex128" ? [deviations, squares] : [deviations];
  return [
    ...meanSteps(a, mean, axes),
    ...whileHolding([a, mean, deviations], [elementwiseStep([a, mean], deviations)]),
    ...whileHolding([a, ...both], [elementwiseStep([deviations], squares)]),
    ...whileHolding(
      [a, squares, result],
      [reduceStep(squares, result, axes), elementwiseStep([result], result)],
    ),
  ];
}

/** Mean of |a - mean|² over axes, real, with n - ddof for n. Runs `varianceSteps`. */
export function varianceOver(
  a: FloatingArray,
  axes: readonly number[],
  { ddof, keepdims }: { ddof: number; keepdims: boolean },
  engine: Engine,
): FloatingArray {
  const as = isComplex(a) ? "complex128" : "float64";
  const mean = meanOver(a, axes, true, engine);
  const operands = [a, mean].map((array) => ({ array, as }) as const);
  const subtract = as === "complex128" ? loops.subtractComplex : loops.subtractReal;
  const deviations = applyElementwise(subtract, operands, engine.array(a), engine.nextStep());
  engine.release(mean);
  const squares = squaresOf(deviations, engine);
  const sum = sumInto(squares, axes, reducedShape(a.shape, axes, keepdims), engine);
  engine.release(squares);
  return divideBy(sum, Math.max(reducedCount(a.shape, axes) - ddof, 0), engine);
}

/** |z|² of each, where that needs no other memory in place. */
function squaresOf(deviations: FloatingArray, engine: Engine): FloatingArray {
  if (deviations.dtype !== "complex128") {
    return applyInPlace(loops.multiplyReal, loops.multiplyComplex, deviations, deviations, engine);
  }
  const squares = engine.array({ shape: deviations.shape, dtype: "float64" });
  applyElementwise(
    loops.squaredMagnitude,
    [{ array: deviations, as: "complex128" }],
    squares,
    engine.nextStep(),
  );
  engine.release(deviations);
  return squares;
}

/** Square roots, in place. */
export function rootsInPlace(a: FloatingArray, engine: Engine): FloatingArray {
  return applyElementwise(sqrtReal, [{ array: a, as: "float64" }], a, engine.nextStep());
}
