import type { ArrayOf, DenseArray, Dtype } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { stridedCopy, transposedView } from "./strided-copy.ts";

/** A copy whose axis i is axis order[i] of `a`; one step of the plan. */
export function transposed<Of extends Dtype>(
  a: DenseArray & { readonly dtype: Of },
  order: readonly number[],
  engine: Engine,
): ArrayOf<Of> {
  const view = transposedView(a.shape, order);
  const result = engine.array({ shape: view.shape, dtype: a.dtype });
  return stridedCopy(a, view, result, engine.nextStep());
}
