import type { Dtype } from "@sluice/contract/array";
import type { Working } from "../loops/elementwise/operand-blocks.ts";

/** Floating, as loops in float64 and complex128 take it. */
export const anyDtype = ["float64", "float32", "complex128"] as const satisfies readonly Dtype[];
export const realDtypes = ["float64", "float32"] as const satisfies readonly Dtype[];

/** What a loop over arrays of this dtype calculates in. */
export const workingDtype = (dtype: Dtype): Working => (dtype === "complex128" ? "complex128" : "float64");
