import type { NumberArray, NumberSpec } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { multiplied } from "../../loops/elementwise/multiplied.ts";
import { sumInteger } from "../../loops/reductions/integers.ts";
import { sumFolds } from "../../loops/reductions/moments.ts";
import { reduce } from "../../loops/reductions/reduce.ts";
import { broadcastShape } from "../../model/broadcast.ts";
import { elementwiseStep, reduceStep } from "../../model/loop-steps.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";

/** What a · b, broadcast, is, and what its sum along the last axis is. */
function specsOf(a: NumberSpec, b: NumberSpec): { terms: NumberSpec; result: NumberSpec } {
  const shape = broadcastShape({ a, b });
  const dtype = resultDtype(a.dtype, b.dtype);
  return { terms: { shape, dtype }, result: { shape: shape.slice(0, -1), dtype } };
}

/**
 * Products of elements, broadcast, summed along the last axis: for vectors too short or too many for a product of
 * matrices each.
 * @throws Problem invalid-shape for shapes that do not broadcast
 */
export function planSummedProduct(
  a: NumberSpec,
  b: NumberSpec,
): { readonly result: NumberSpec; readonly steps: PlanStep[] } {
  const { terms, result } = specsOf(a, b);
  return {
    result,
    steps: [
      ...whileHolding([a, b, terms], [elementwiseStep([a, b], terms)]),
      ...whileHolding([a, b, terms, result], [reduceStep(terms, result, [terms.shape.length - 1])]),
    ],
  };
}

/** Runs `planSummedProduct`. */
export function summedProduct(a: NumberArray, b: NumberArray, engine: Engine): NumberArray {
  const specs = specsOf(a, b);
  const terms = multiplied(a, b, specs.terms, engine);
  const result = engine.array(specs.result);
  if (result.dtype === "int64") result.data.fill(0n);
  else result.data.fill(0);
  reduce(
    terms.dtype === "int64" ? sumInteger : sumFolds[terms.dtype],
    terms,
    [terms.shape.length - 1],
    result,
    engine.nextStep(),
  );
  engine.release(terms);
  return result;
}
