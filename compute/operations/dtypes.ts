import type { Dtype } from "@sluice/contract/array";
import type { Working } from "../loops/elementwise/operand-blocks.ts";

export const anyDtype: readonly Dtype[] = ["float64", "float32", "complex128"];
export const realDtypes: readonly Dtype[] = ["float64", "float32"];

/** What a loop over arrays of this dtype calculates in. */
export const workingDtype = (dtype: Dtype): Working => (dtype === "complex128" ? "complex128" : "float64");
