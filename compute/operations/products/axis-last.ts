import type { ArraySpec, NumberArray } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { transposed } from "../../loops/rearrange/transposed.ts";
import { settleAxis } from "../../model/axes.ts";

/**
 * The axes of an array with one of them last; undefined where it is already.
 * @throws Problem invalid-params when the array has no such axis
 */
export function orderOf({ shape }: ArraySpec, axis: number, field = "params.axis"): number[] | undefined {
  const settled = settleAxis(axis, shape.length, field);
  if (settled === shape.length - 1) return undefined;
  return [...shape.map((_, index) => index).filter((index) => index !== settled), settled];
}

export const turnedSpec = <Spec extends ArraySpec>(a: Spec, order: readonly number[] | undefined): Spec =>
  order ? { ...a, shape: order.map((index) => a.shape[index]) } : a;

export const turned = (a: NumberArray, order: readonly number[] | undefined, engine: Engine): NumberArray =>
  order ? transposed(a, order, engine) : a;
