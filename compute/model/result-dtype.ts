import type { Dtype } from "@sluice/contract/array";

/** numpy.result_type over our three dtypes. */
export function resultDtype(a: Dtype, b: Dtype): Dtype {
  if (a === b) return a;
  return a === "complex128" || b === "complex128" ? "complex128" : "float64";
}
