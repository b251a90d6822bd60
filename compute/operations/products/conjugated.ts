import {
  byteLength,
  type FloatingArray,
  isComplex,
  type NumberArray,
  type NumberSpec,
} from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { conjugateInPlace } from "../../loops/elementwise/conjugate.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";

/** a, conjugated into an array of its own where it is complex; one step of the plan then. */
export function conjugated(a: FloatingArray, engine: Engine): FloatingArray;
export function conjugated(a: NumberArray, engine: Engine): NumberArray;
export function conjugated(a: NumberArray, engine: Engine): NumberArray {
  if (a.dtype === "int64" || !isComplex(a)) return a;
  const onFraction = engine.nextStep();
  const copy = engine.array(a);
  copy.data.set(a.data);
  conjugateInPlace(copy);
  onFraction(1);
  return copy;
}

/** These steps behind the conjugation of a, beside `others`; the copy stays alive with them. */
export function behindConjugation(
  a: NumberSpec,
  others: readonly NumberSpec[],
  steps: readonly PlanStep[],
): PlanStep[] {
  if (!isComplex(a)) return [...steps];
  const copy = byteLength(a);
  return [
    ...whileHolding([a, a, ...others], [elementwiseStep([a], a)]),
    ...steps.map((step) => ({ ...step, live: step.live + copy })),
  ];
}
