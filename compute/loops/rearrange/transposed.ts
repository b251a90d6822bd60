import type { DenseArray } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { stridedCopy, stridesOf } from "./strided-copy.ts";

/** A copy whose axis i is axis order[i] of `a`; one step of the plan. */
export function transposed(a: DenseArray, order: readonly number[], engine: Engine): DenseArray {
  const shape = order.map((axis) => a.shape[axis]);
  const result = engine.array({ shape, dtype: a.dtype });
  const strides = stridesOf(a.shape);
  const view = { shape, strides: order.map((axis) => strides[axis]), first: 0 };
  return stridedCopy(a, view, result, engine.nextStep());
}
