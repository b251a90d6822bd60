import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { rearrangeStep } from "../../model/loop-steps.ts";
import { matmulStep, type PlanStep, whileHolding } from "../../model/steps.ts";
import { conjugateInPlace } from "../elementwise/conjugate.ts";
import { transposed } from "../rearrange/transposed.ts";

const flipped = ({ shape: [m, n], dtype }: FloatingSpec): FloatingSpec => ({ shape: [n, m], dtype });

export function gramianSteps(a: FloatingSpec, result: FloatingSpec): PlanStep[] {
  const adjoint = flipped(a);
  return [
    ...whileHolding([a, adjoint], [rearrangeStep(a, adjoint)]),
    ...whileHolding([a, adjoint, result], [matmulStep(adjoint, a, result)]),
  ];
}

/** aᴴ · a of an m×n matrix: n×n. Runs `gramianSteps`. */
export function gramian(a: FloatingArray, engine: Engine): FloatingArray {
  const adjoint = conjugateInPlace(transposed(a, [1, 0], engine));
  const result = engine.matmul(adjoint, a);
  engine.release(adjoint);
  return result;
}
