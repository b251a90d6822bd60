import {
  type ArrayOf,
  type ArraySpec,
  type DenseArray,
  isComplex,
  type NumberSpec,
} from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { applyElementwise, type Loop } from "./apply.ts";
import { multiplyComplex, multiplyReal } from "./arithmetic.ts";
import type { Working } from "./operand-blocks.ts";

const multiplyIntegers: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] * b[j + n];
};

const loops = { float64: multiplyReal, complex128: multiplyComplex, int64: multiplyIntegers } as const;

function kindOf(spec: NumberSpec): Exclude<Working, "bool"> {
  if (spec.dtype === "int64") return "int64";
  return isComplex(spec) ? "complex128" : "float64";
}

/** a · b element by element, broadcast to `result`; one step of the plan. */
export function multiplied<Of extends NumberSpec["dtype"]>(
  a: DenseArray,
  b: DenseArray,
  result: ArraySpec<Of>,
  engine: Engine,
): ArrayOf<Of> {
  const as = kindOf(result);
  const operands = [a, b].map((array) => ({ array, as }));
  const made: DenseArray = engine.array(result);
  return applyElementwise(loops[as], operands, made, engine.nextStep()) as ArrayOf<Of>;
}
