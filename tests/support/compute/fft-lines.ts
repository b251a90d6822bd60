import type { Along, Engine } from "@sluice/compute/engines/engine";
import { elementCount, type FloatingArray } from "@sluice/contract/array";
import { eps } from "./arrays.ts";

export const methods = ["fft", "inverseFft", "realFft", "inverseRealFft"] as const;
export type Method = (typeof methods)[number];
export const dtypes = ["float64", "float32", "complex128"] as const;

export const takes = (method: Method, { dtype }: FloatingArray): boolean =>
  (method !== "realFft" || dtype !== "complex128") && (method !== "inverseRealFft" || dtype === "complex128");

/** A copy of the answer, whose memory is given back, so that tests can go on for ever. */
export function answer(engine: Engine, method: Method, a: FloatingArray, along: Along): FloatingArray {
  const result = engine[method](a, along);
  const copy = { ...result, data: result.data.slice() };
  engine.release(result);
  return copy;
}

/** Agreement wanted, relative to the largest element. */
export const tolerance = (length: number): number => eps * (8 + 2 * Math.log2(length));

/** Every line along an axis, as pairs. */
export function linesOf({ shape, dtype, data }: FloatingArray, axis: number): [number, number][][] {
  const inner = elementCount(shape.slice(axis + 1));
  const points = shape[axis] ?? 0;
  const width = dtype === "complex128" ? 2 : 1;
  return Array.from({ length: elementCount(shape) / points }, (_, line) =>
    Array.from({ length: points }, (_, j) => {
      const element = (Math.floor(line / inner) * points + j) * inner + (line % inner);
      return [data[element * width] ?? 0, width === 2 ? (data[element * width + 1] ?? 0) : 0];
    }),
  );
}
