import {
  type ArraySpec,
  elementCount,
  type FloatingArray,
  type NumberArray,
  type NumberSpec,
} from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { integerProduct } from "../../loops/products/integer-product.ts";
import { integerProductStep } from "../../model/loop-steps.ts";
import type { OperationPlan } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { type Core, planStack, runStack } from "../../model/stack/lift.ts";
import { matmulStep, type Work, whileHolding } from "../../model/steps.ts";

/** m×k times k×n, in a loop of its own where both are int64. */
export const productStep = (a: ArraySpec, b: ArraySpec, result: ArraySpec): Work =>
  result.dtype === "int64" ? integerProductStep(a, b, result) : matmulStep(a, b, result);

/** m×k times k×n of one matrix each. */
const core: Core = {
  plan(_params, { a, b }) {
    const result: ArraySpec = { shape: [a.shape[0], b.shape[1]], dtype: resultDtype(a.dtype, b.dtype) };
    const steps = whileHolding([a, b, result], [productStep(a, b, result)]);
    return { params: {}, outputs: { result }, steps };
  },
  run(_params, { a, b }, engine) {
    if (a.dtype === "int64" && b.dtype === "int64") {
      const result = engine.array({ shape: [a.shape[0], b.shape[1]], dtype: "int64" });
      return { result: integerProduct(a, b, result, engine.nextStep()) };
    }
    // Integers beside floats were converted before: see conversions.ts.
    return { result: engine.matmul(a as FloatingArray, b as FloatingArray) };
  },
};
const ranks = { a: 2, b: 2 };

/** Leading axes of a beside one matrix b are more rows of a: one product instead of many. */
function withRows<Spec extends ArraySpec>(a: Spec, b: Spec): { a: Spec; b: Spec } {
  if (elementCount(b.shape.slice(0, -2)) !== 1) return { a, b };
  const [rows, inner] = [elementCount(a.shape.slice(0, -1)), a.shape[a.shape.length - 1]];
  return { a: { ...a, shape: [rows, inner] }, b: { ...b, shape: b.shape.slice(-2) } };
}

function shapeOf(a: ArraySpec, b: ArraySpec): readonly number[] | undefined {
  if (elementCount(b.shape.slice(0, -2)) !== 1) return undefined;
  // Axes of extent 1 that b has before those of a stay.
  const more = Math.max(0, b.shape.length - a.shape.length);
  return [...b.shape.slice(0, more), ...a.shape.slice(0, -1), b.shape[b.shape.length - 1]];
}

/**
 * The plan of …×m×k times …×k×n, whose leading axes broadcast.
 * @throws Problem invalid-shape for leading axes that do not
 */
export function planProduct(a: NumberSpec, b: NumberSpec): OperationPlan & { result: NumberSpec } {
  const planned = planStack(core, {}, { ...withRows(a, b) }, ranks);
  const { shape } = planned.outputs.result;
  const result: NumberSpec = { shape: shapeOf(a, b) ?? shape, dtype: resultDtype(a.dtype, b.dtype) };
  return { ...planned, outputs: { result }, result };
}

/** Runs `planProduct`. */
export function product(a: NumberArray, b: NumberArray, engine: Engine): NumberArray {
  const { result } = runStack(core, {}, { ...withRows(a, b) }, engine, ranks);
  return { ...(result as NumberArray), shape: shapeOf(a, b) ?? result.shape };
}
