import type { FloatingArray } from "@sluice/contract/array";
import { type ArrayLines, startOfLine } from "../../engines/array-lines.ts";
import type { OnFraction } from "../../model/on-fraction.ts";
import { isAtMost, isComplexNaN } from "./order.ts";
import type { Numbers } from "./reduce.ts";

/** The place of the first least (`sign` 1) or largest (-1) number of a line; the first NaN, if there is one. */
function firstReal(data: Numbers, from: number, length: number, stride: number, sign: 1 | -1): number {
  let found = 0;
  let best = sign * data[from];
  if (Number.isNaN(best)) return 0;
  for (let index = 1, at = from + stride; index < length; index += 1, at += stride) {
    const value = sign * data[at];
    if (value >= best) continue;
    found = index;
    if (Number.isNaN(value)) return index;
    best = value;
  }
  return found;
}

function firstComplex(data: Numbers, from: number, length: number, stride: number, sign: 1 | -1): number {
  let found = 0;
  let best = sign * data[2 * from];
  let bestIm = sign * data[2 * from + 1];
  if (isComplexNaN(best, bestIm)) return 0;
  for (let index = 1, at = 2 * (from + stride); index < length; index += 1, at += 2 * stride) {
    const re = sign * data[at];
    const im = sign * data[at + 1];
    if (isComplexNaN(re, im)) return index;
    if (isAtMost(best, bestIm, re, im)) continue;
    found = index;
    best = re;
    bestIm = im;
  }
  return found;
}

/** Where the first extreme of each line is, counted from 0; `sign` 1 looks for the least, -1 for the largest. */
export function argExtreme(
  sign: 1 | -1,
  a: FloatingArray,
  lines: ArrayLines,
  result: FloatingArray,
  onFraction: OnFraction,
): FloatingArray {
  const first = a.dtype === "complex128" ? firstComplex : firstReal;
  for (let line = 0; line < lines.lines; line += 1) {
    result.data[line] = first(a.data, startOfLine(line, lines), lines.points, lines.inner, sign);
    if (line % 1024 === 0) onFraction((line + 1) / lines.lines);
  }
  onFraction(1);
  return result;
}
