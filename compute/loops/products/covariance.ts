/** Covariance in the steps of numpy.cov: centre, multiply with the adjoint, divide by the degrees of freedom. */
import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { elementwiseStep, rearrangeStep } from "../../model/loop-steps.ts";
import { matmulStep, type PlanStep, whileHolding } from "../../model/steps.ts";
import { scalar } from "../../operations/program/scalar.ts";
import { applyElementwise } from "../elementwise/apply.ts";
import { multiplyReal, subtractComplex, subtractReal } from "../elementwise/arithmetic.ts";
import { conjugateInPlace } from "../elementwise/conjugate.ts";
import type { FloatingWorking } from "../elementwise/operand-blocks.ts";
import { widened } from "../elementwise/widened.ts";
import { transposed } from "../rearrange/transposed.ts";
import { meanOver, meanSteps } from "../reductions/moments.ts";

export interface Layout {
  readonly variables: number;
  readonly observations: number;
  /** Whether each row of the array is a variable. */
  readonly byRows: boolean;
  readonly dtype: FloatingWorking;
}

/** A vector, and so a number, is one variable, whatever `rowvar` says. */
export function layoutOf({ shape, dtype }: FloatingSpec, rowvar: boolean): Layout {
  const byRows = rowvar || shape.length < 2;
  const [rows, columns] = shape.length === 2 ? shape : [1, shape[0] ?? 1];
  return {
    variables: byRows ? rows : columns,
    observations: byRows ? columns : rows,
    byRows,
    dtype: dtype === "complex128" ? "complex128" : "float64",
  };
}

/** As NumPy squeezes it: the covariance of one variable is a number. */
export const covarianceShape = ({ variables }: Layout): number[] =>
  variables === 1 ? [] : [variables, variables];

const matrixOf = ({ variables, observations, byRows, dtype }: Layout): FloatingSpec => ({
  shape: byRows ? [variables, observations] : [observations, variables],
  dtype,
});

export function covarianceSteps(a: FloatingSpec, layout: Layout): PlanStep[] {
  const { variables, observations, byRows, dtype } = layout;
  const centred = matrixOf(layout);
  const mean: FloatingSpec = { shape: byRows ? [variables, 1] : [1, variables], dtype };
  const left: FloatingSpec = { shape: [variables, observations], dtype };
  const right: FloatingSpec = { shape: [observations, variables], dtype };
  const result: FloatingSpec = { shape: [variables, variables], dtype };
  // Widened first, as NumPy takes the mean of float32 in float64 too.
  const widening = a.dtype === dtype ? [] : whileHolding([a, centred], [elementwiseStep([a], centred)]);
  return [
    ...widening,
    ...meanSteps(centred, mean, [byRows ? 1 : 0]),
    ...whileHolding([a, mean, centred], [elementwiseStep([centred, mean], centred)]),
    ...whileHolding([a, centred, left], [rearrangeStep(centred, centred)]),
    ...whileHolding([a, left, right, result], [matmulStep(left, right, result)]),
    ...whileHolding([a, result], [elementwiseStep([result], result)]),
  ];
}

/** variables × variables, times 1/(observations - ddof). Runs `covarianceSteps`. */
export function covariance(a: FloatingArray, layout: Layout, ddof: number, engine: Engine): FloatingArray {
  const { observations, byRows, dtype } = layout;
  const spec = matrixOf(layout);
  const wide = a.dtype === dtype ? undefined : widened(a, dtype, engine);
  const matrix: FloatingArray = { ...(wide ?? a), shape: spec.shape };
  const mean = meanOver(matrix, [byRows ? 1 : 0], true, engine);
  const operands = [matrix, mean].map((array) => ({ array, as: dtype }));
  const subtract = dtype === "complex128" ? subtractComplex : subtractReal;
  const centred = applyElementwise(subtract, operands, wide ? matrix : engine.array(spec), engine.nextStep());
  engine.release(mean);
  const turned = transposed(centred, [1, 0], engine);
  const [left, right] = byRows ? [centred, turned] : [turned, centred];
  conjugateInPlace(right);
  const product = engine.matmul(left, right);
  engine.release(centred);
  engine.release(turned);
  return scaled(product, 1 / Math.max(observations - ddof, 0), engine);
}

/** By a real factor, part by part: 0 · infinity is NaN, as there. */
function scaled(a: FloatingArray, factor: number, engine: Engine): FloatingArray {
  const numbers: FloatingArray = { shape: [a.data.length], dtype: "float64", data: a.data };
  const operands = [numbers, scalar(factor)].map((array) => ({ array, as: "float64" }) as const);
  applyElementwise(multiplyReal, operands, numbers, engine.nextStep());
  return a;
}
