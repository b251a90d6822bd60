import type { FloatingSpec } from "@sluice/contract/array";
import { widened } from "../../model/linear-algebra-steps.ts";
import { type PlanStep, type Work, whileHolding } from "../../model/steps.ts";

/** A decomposition's own matrices: two square ones of the larger extent, and a copy of the input, beside its results. */
export function whileDecomposing(a: FloatingSpec, results: readonly FloatingSpec[], step: Work): PlanStep[] {
  const [m = 0, n = 0] = a.shape;
  const side = Math.min(m, n);
  const square: FloatingSpec = { shape: [side, side], dtype: "float64" };
  return whileHolding([a, widened(a), square, square, ...results], [step]);
}
