import { type Dtype, type FloatingDtype, isComplex, isSingle, type NumberSpec } from "@sluice/contract/array";

type NumberDtype = NumberSpec["dtype"];

/** Bits that a real number of this dtype takes to hold exactly what it holds: int64 needs float64's. */
const isNarrow = (dtype: Dtype): boolean => dtype === "bool" || isSingle({ dtype });

/** numpy.result_type over our six dtypes. */
export function resultDtype(a: FloatingDtype, b: FloatingDtype): FloatingDtype;
export function resultDtype(a: NumberDtype, b: NumberDtype): NumberDtype;
export function resultDtype(a: Dtype, b: Dtype): Dtype;
export function resultDtype(a: Dtype, b: Dtype): Dtype {
  if (a === b || b === "bool") return a;
  if (a === "bool") return b;
  const isNarrowEnough = isNarrow(a) && isNarrow(b);
  if (isComplex({ dtype: a }) || isComplex({ dtype: b })) return isNarrowEnough ? "complex64" : "complex128";
  return isNarrowEnough ? "float32" : "float64";
}

/** Whether NumPy's "same_kind" rules let a dtype become another without losing what it says: bool, int64, real, complex. */
export const promotesTo = (from: Dtype, to: Dtype): boolean => resultDtype(from, to) === to;
