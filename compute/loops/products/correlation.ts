import type { FloatingArray } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { applyElementwise } from "../elementwise/apply.ts";
import { divideComplex, divideReal } from "../elementwise/arithmetic.ts";
import type { FloatingWorking } from "../elementwise/operand-blocks.ts";

/**
 * Divides a covariance matrix by the deviations of both variables, in place, and holds the parts of each
 * element to [-1, 1], as numpy.corrcoef. One step of the plan.
 */
export function correlationInPlace(covariance: FloatingArray, engine: Engine): FloatingArray {
  const as: FloatingWorking = covariance.dtype === "complex128" ? "complex128" : "float64";
  const divide = as === "complex128" ? divideComplex : divideReal;
  const onFraction = engine.nextStep();
  const by = (divisor: FloatingArray): FloatingArray =>
    applyElementwise(
      divide,
      [covariance, divisor].map((array) => ({ array, as })),
      covariance,
      onFraction,
    );
  const [variables] = covariance.shape;
  // One variable: NaN where its variance is 0 or not finite, else 1.
  if (variables === undefined) return by({ ...covariance, data: covariance.data.slice() });
  const parts = as === "complex128" ? 2 : 1;
  const deviations = new Float64Array(variables);
  for (let index = 0; index < variables; index += 1) {
    deviations[index] = Math.sqrt(covariance.data[index * (variables + 1) * parts]);
  }
  by({ shape: [variables, 1], dtype: "float64", data: deviations });
  by({ shape: [1, variables], dtype: "float64", data: deviations });
  const { data } = covariance;
  for (let index = 0; index < data.length; index += 1) data[index] = Math.min(Math.max(data[index], -1), 1);
  return covariance;
}
