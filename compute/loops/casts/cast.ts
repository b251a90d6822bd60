import {
  type BooleanArray,
  type DenseArray,
  elementCount,
  type FloatingArray,
  type IntegerArray,
  isSingle,
  partsOf,
} from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { storeTruncated, toDouble, toDoubleForSingle, wordsOf } from "./int64-words.ts";

/** Writes elements from … from + count - 1. */
type Range = (from: number, count: number) => void;

/** Elements between two reports. */
const perTurn = 2 ** 17;

/** The real parts of a floating array; the imaginary ones of a complex result are 0. */
function toFloating(a: DenseArray, { data: out, ...spec }: FloatingArray): Range {
  const to = partsOf(spec);
  if (a.dtype === "int64") {
    const words = wordsOf(a.data);
    const read = isSingle(spec) ? toDoubleForSingle : toDouble;
    return (from, count) => {
      if (to === 2) out.fill(0, 2 * from, 2 * (from + count));
      for (let n = from; n < from + count; n += 1) out[to * n] = read(words[2 * n], words[2 * n + 1]);
    };
  }
  const { data } = a;
  const step = partsOf(a);
  if (step === to)
    return (from, count) => out.set(data.subarray(step * from, step * (from + count)), to * from);
  return (from, count) => {
    if (to === 2) out.fill(0, 2 * from, 2 * (from + count));
    for (let n = from; n < from + count; n += 1) out[to * n] = data[step * n];
  };
}

function toInteger(a: DenseArray, { data: out }: IntegerArray): Range {
  if (a.dtype === "int64") return (from, count) => out.set(a.data.subarray(from, from + count), from);
  const words = wordsOf(out);
  const { data } = a;
  const step = partsOf(a);
  return (from, count) => {
    for (let n = from; n < from + count; n += 1) storeTruncated(words, n, data[step * n]);
  };
}

/** Whatever is not zero is true: NaN, and complex numbers of which one part is not. */
function toBoolean(a: DenseArray, { data: out }: BooleanArray): Range {
  if (a.dtype === "int64" || partsOf(a) === 2) {
    const pairs = a.dtype === "int64" ? wordsOf(a.data) : a.data;
    return (from, count) => {
      for (let n = from; n < from + count; n += 1)
        out[n] = pairs[2 * n] !== 0 || pairs[2 * n + 1] !== 0 ? 1 : 0;
    };
  }
  const { data } = a;
  return (from, count) => {
    for (let n = from; n < from + count; n += 1) out[n] = data[n] !== 0 ? 1 : 0;
  };
}

function castingTo(a: DenseArray, result: DenseArray): Range {
  if (result.dtype === "int64") return toInteger(a, result);
  if (result.dtype === "bool") return toBoolean(a, result);
  return toFloating(a, result);
}

/**
 * Writes each element of `a` to `result`, an array of the same shape, as numpy.ndarray.astype does on x86-64:
 * complex to real keeps the real part, floating to int64 the whole part.
 */
export function cast<Result extends DenseArray>(
  a: DenseArray,
  result: Result,
  onFraction: OnFraction,
): Result {
  const count = elementCount(a.shape);
  const write = castingTo(a, result);
  for (let from = 0; from < count; from += perTurn) {
    const now = Math.min(perTurn, count - from);
    write(from, now);
    onFraction((from + now) / count);
  }
  onFraction(1);
  return result;
}
