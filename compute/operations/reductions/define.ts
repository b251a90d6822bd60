import type { FloatingArray, FloatingDtype, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { type Fold, reduce } from "../../loops/reductions/reduce.ts";
import { axesParam, keepdimsParam, reducedShape, requireElements, settleAxes } from "../../model/axes.ts";
import { reduceStep } from "../../model/loop-steps.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";

/** What distinguishes one reduction from another. */
interface Reduction {
  readonly name: string;
  readonly summary: string;
  readonly folds: Readonly<Record<FloatingDtype, Fold>>;
  /** What results are before anything is taken in: real part, imaginary part. */
  readonly start: readonly [number, number];
  /** Whether there is a result over no elements: the start. */
  readonly hasIdentity: boolean;
  readonly differences?: readonly string[];
  readonly example: Readonly<Record<string, unknown>>;
}

/** A new array of results, all at their starting value. */
export function startingAt(
  [re, im]: readonly [number, number],
  spec: FloatingSpec,
  engine: Engine,
): FloatingArray {
  const array = engine.array(spec);
  array.data.fill(re);
  if (spec.dtype === "complex128") {
    for (let at = 1; at < array.data.length; at += 2) array.data[at] = im;
  }
  return array;
}

/** One number for each line along the reduced axes, in the dtype of a. */
export function reduction({ name, summary, differences, example, ...own }: Reduction): Operation {
  return defineOperation({
    name,
    summary,
    inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: anyDtype } },
    outputs: { result: "the shape of a without the reduced axes, in the dtype of a" },
    params: () => z.strictObject({ axis: axesParam(), keepdims: keepdimsParam() }),
    ...(differences && { differences }),
    example: { operation: name, ...example },

    plan({ axis, keepdims }, { a }) {
      const axes = settleAxes(axis, a);
      if (!own.hasIdentity) requireElements(a, axes);
      const result: FloatingSpec = { shape: reducedShape(a.shape, axes, keepdims), dtype: a.dtype };
      return {
        params: { axis, keepdims },
        outputs: { result },
        steps: whileHolding([a, result], [reduceStep(a, result, axes)]),
      };
    },

    run({ axis, keepdims }, { a }, engine) {
      const axes = settleAxes(axis, a);
      const spec = { shape: reducedShape(a.shape, axes, keepdims), dtype: a.dtype };
      const result = startingAt(own.start, spec, engine);
      return { result: reduce(own.folds[a.dtype], a, axes, result, engine.nextStep()) };
    },
  });
}
