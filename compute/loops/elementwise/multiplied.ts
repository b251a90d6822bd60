import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { applyElementwise } from "./apply.ts";
import { multiplyComplex, multiplyReal } from "./arithmetic.ts";

/** a · b element by element, broadcast to `result`; one step of the plan. */
export function multiplied(
  a: FloatingArray,
  b: FloatingArray,
  result: FloatingSpec,
  engine: Engine,
): FloatingArray {
  const as = result.dtype === "complex128" ? "complex128" : "float64";
  const operands = [a, b].map((array) => ({ array, as }) as const);
  const loop = as === "complex128" ? multiplyComplex : multiplyReal;
  return applyElementwise(loop, operands, engine.array(result), engine.nextStep());
}
