import { type ArraySpec, elementCount, type FloatingArray, type FloatingSpec } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import type { OperationPlan } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { type Core, planStack, runStack } from "../../model/stack/lift.ts";
import { matmulStep, whileHolding } from "../../model/steps.ts";

/** m×k times k×n of one matrix each. */
const core: Core = {
  plan(_params, { a, b }) {
    const result: ArraySpec = { shape: [a.shape[0], b.shape[1]], dtype: resultDtype(a.dtype, b.dtype) };
    const steps = whileHolding([a, b, result], [matmulStep(a, b, result)]);
    return { params: {}, outputs: { result }, steps };
  },
  run: (_params, { a, b }, engine) => ({
    result: engine.matmul(a as FloatingArray, b as FloatingArray),
  }),
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
export function planProduct(a: FloatingSpec, b: FloatingSpec): OperationPlan & { result: FloatingSpec } {
  const planned = planStack(core, {}, { ...withRows(a, b) }, ranks);
  const { shape } = planned.outputs.result;
  const result: FloatingSpec = { shape: shapeOf(a, b) ?? shape, dtype: resultDtype(a.dtype, b.dtype) };
  return { ...planned, outputs: { result }, result };
}

/** Runs `planProduct`. */
export function product(a: FloatingArray, b: FloatingArray, engine: Engine): FloatingArray {
  const { result } = runStack(core, {}, { ...withRows(a, b) }, engine, ranks);
  return { ...(result as FloatingArray), shape: shapeOf(a, b) ?? result.shape };
}
