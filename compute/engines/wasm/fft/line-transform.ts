import type { FloatingDtype } from "@sluice/contract/array";
import { halfPoints } from "../../array-lines.ts";

/** How one line becomes another: which kernel, at which lengths. Plain data. */
export interface LineTransform {
  readonly kernel: "complexLines" | "realLines" | "hermitianLines";
  /** Points of the transform as its caller sees it. */
  readonly length: number;
  /** Points of the complex transform that does it: half as many for an even number of real ones. */
  readonly inner: number;
  /** Length of the table for real numbers in pairs, 0 where there are none. */
  readonly table: number;
  /** Points read of a line, and written. */
  readonly read: number;
  readonly written: number;
  readonly result: "complex128" | "float64";
  readonly inverse: boolean;
  /** Of real numbers: whether they are float32, and whether all points are written or those up to length/2. */
  readonly single: boolean;
  readonly full: boolean;
}

/** Real numbers of even count are taken in pairs. */
const inPairs = (length: number): Pick<LineTransform, "inner" | "table"> =>
  length % 2 === 0 ? { inner: length / 2, table: length } : { inner: length, table: 0 };

export function complexTransform(length: number, inverse: boolean): LineTransform {
  return {
    kernel: "complexLines",
    length,
    inner: length,
    table: 0,
    read: length,
    written: length,
    result: "complex128",
    inverse,
    single: false,
    full: true,
  };
}

/** Of real numbers: all points or those up to length/2, of the forward or the inverse transform. */
export function realTransform(
  length: number,
  dtype: FloatingDtype,
  full: boolean,
  inverse: boolean,
): LineTransform {
  return {
    kernel: "realLines",
    length,
    ...inPairs(length),
    read: length,
    written: full ? length : halfPoints(length),
    result: "complex128",
    inverse,
    single: dtype === "float32",
    full,
  };
}

/** Back to real numbers. */
export function hermitianTransform(length: number): LineTransform {
  return {
    kernel: "hermitianLines",
    length,
    ...inPairs(length),
    read: halfPoints(length),
    written: length,
    result: "float64",
    inverse: true,
    single: false,
    full: false,
  };
}
