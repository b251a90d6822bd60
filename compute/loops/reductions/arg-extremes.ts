import { type DenseArray, type IntegerArray, isComplex } from "@sluice/contract/array";
import { type ArrayLines, startOfLine } from "../../engines/array-lines.ts";
import type { OnFraction } from "../../model/on-fraction.ts";
import { storeTruncated, wordsOf } from "../casts/int64-words.ts";
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

function firstInteger(
  data: BigInt64Array,
  from: number,
  length: number,
  stride: number,
  sign: 1 | -1,
): number {
  let found = 0;
  let best = data[from];
  for (let index = 1, at = from + stride; index < length; index += 1, at += stride) {
    const value = data[at];
    if (sign === 1 ? value >= best : value <= best) continue;
    found = index;
    best = value;
  }
  return found;
}

/** The first false (`sign` 1) or true (-1), else the first of all. */
function firstBit(data: Uint8Array, from: number, length: number, stride: number, sign: 1 | -1): number {
  const wanted = sign === 1 ? 0 : 1;
  for (let index = 0, at = from; index < length; index += 1, at += stride) {
    if (data[at] === wanted) return index;
  }
  return 0;
}

type First = (from: number, length: number, stride: number, sign: 1 | -1) => number;

function firstIn(a: DenseArray): First {
  if (a.dtype === "int64")
    return (from, length, stride, sign) => firstInteger(a.data, from, length, stride, sign);
  if (a.dtype === "bool") return (from, length, stride, sign) => firstBit(a.data, from, length, stride, sign);
  const { data } = a;
  const first = isComplex(a) ? firstComplex : firstReal;
  return (from, length, stride, sign) => first(data, from, length, stride, sign);
}

/** Where the first extreme of each line is, counted from 0; `sign` 1 looks for the least, -1 for the largest. */
export function argExtreme(
  sign: 1 | -1,
  a: DenseArray,
  lines: ArrayLines,
  result: IntegerArray,
  onFraction: OnFraction,
): IntegerArray {
  const first = firstIn(a);
  const words = wordsOf(result.data);
  for (let line = 0; line < lines.lines; line += 1) {
    storeTruncated(words, line, first(startOfLine(line, lines), lines.points, lines.inner, sign));
    if (line % 1024 === 0) onFraction((line + 1) / lines.lines);
  }
  onFraction(1);
  return result;
}
