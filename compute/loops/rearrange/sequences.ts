import type { DenseArray } from "@sluice/contract/array";
import { fillWith } from "./fill.ts";

/**
 * first, first + step, …, as numpy.arange's own loop: each element from its number, not from the one before. In
 * float32 every operation is rounded, as there.
 */
export function fillArange(array: DenseArray, first: number, step: number): void {
  if (array.dtype === "int64") {
    const [start, by] = [BigInt(first), BigInt(step)];
    for (let at = 0; at < array.data.length; at += 1) array.data[at] = start + BigInt(at) * by;
    return;
  }
  const round = array.dtype === "float32" ? Math.fround : (value: number) => value;
  const start = round(first);
  const delta = round(round(first + step) - start);
  const { data } = array;
  for (let at = 0; at < data.length; at += 1) data[at] = round(start + round(round(at) * delta));
  // NumPy computes the second element by itself.
  if (data.length > 1) data[1] = round(first + step);
}

/** Points from start to stop, evenly apart, in numpy.linspace's order of operations. */
export function fillLinspace(
  points: Float64Array | Float32Array | BigInt64Array,
  start: number,
  stop: number,
  endpoint: boolean,
): void {
  const count = points.length;
  const parts = endpoint ? count - 1 : count;
  const delta = stop - start;
  const step = delta / parts;
  for (let at = 0; at < count; at += 1) {
    // A step that underflows to 0 is divided after the product instead.
    const moved = parts <= 0 ? at * delta : step === 0 ? (at / parts) * delta : at * step;
    const value = endpoint && count > 1 && at === count - 1 ? stop : moved + start;
    if (points instanceof BigInt64Array) points[at] = BigInt(Math.floor(value));
    else points[at] = value;
  }
}

/** Ones on a diagonal k above the main one, zeros elsewhere. */
export function fillEye(array: DenseArray, k: number): void {
  fillWith(array, 0);
  const [rows, columns] = array.shape;
  const parts = array.data.length / (rows * columns || 1);
  for (let row = Math.max(0, -k); row < rows && row + k < columns; row += 1) {
    const at = (row * columns + row + k) * parts;
    if (array.dtype === "int64") array.data[at] = 1n;
    else array.data[at] = 1;
  }
}
