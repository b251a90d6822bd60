import type { FloatingArray } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { applyElementwise, type Loop } from "./apply.ts";
import type { FloatingWorking } from "./operand-blocks.ts";

const copyReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n];
};

const copyComplex: Loop = (out, o, count, a, i, b, j, c, k) => copyReal(out, o, 2 * count, a, i, b, j, c, k);

/** A copy in a dtype that loses nothing; one step of the plan. */
export function widened(a: FloatingArray, dtype: FloatingWorking, engine: Engine): FloatingArray {
  const result = engine.array({ shape: a.shape, dtype });
  const loop = dtype === "complex128" ? copyComplex : copyReal;
  return applyElementwise(loop, [{ array: a, as: dtype }], result, engine.nextStep());
}
