import { type Dtype, type FloatingDtype, isComplex } from "@sluice/contract/array";
import type { FloatingWorking, Working } from "../loops/elementwise/operand-blocks.ts";

/** Floating, as loops in float64 and complex128 take it. */
export const anyDtype = ["float64", "float32", "complex128"] as const satisfies readonly Dtype[];
export const realDtypes = ["float64", "float32"] as const satisfies readonly Dtype[];

/** And int64, which wraps around: for products and sums. */
export const numberDtypes = [...anyDtype, "int64"] as const satisfies readonly Dtype[];

/** What a loop over arrays of this dtype calculates in: double precision, int64 or bool. */
export function workingDtype(dtype: FloatingDtype): FloatingWorking;
export function workingDtype(dtype: Dtype): Working;
export function workingDtype(dtype: Dtype): Working {
  if (dtype === "int64" || dtype === "bool") return dtype;
  return isComplex({ dtype }) ? "complex128" : "float64";
}
