import { type DenseArray, isComplex } from "@sluice/contract/array";
import { toDouble, wordsOf } from "../casts/int64-words.ts";
import type { Working, WorkingData } from "./operand-blocks.ts";

/** Copies `count` elements that lie `stride` apart, 1 or 0 to repeat one, from an element on, to the start of `out` and further. */
export type StagedCopy = (element: number, stride: number, to: number, count: number) => void;

type Reals = Float64Array | Float32Array | Uint8Array;

function copyReal(
  data: Reals,
  from: number,
  step: number,
  out: Float64Array,
  to: number,
  count: number,
): void {
  if (step === 1) {
    for (let index = 0; index < count; index += 1) out[to + index] = data[from + index];
  } else {
    const value = data[from];
    for (let index = 0; index < count; index += 1) out[to + index] = value;
  }
}

/** Its own loop, so that bools and floats do not make one of several kinds. */
function copyBits(
  data: Uint8Array,
  from: number,
  step: number,
  out: Float64Array,
  to: number,
  count: number,
): void {
  for (let index = 0, at = from; index < count; index += 1, at += step) out[to + index] = data[at];
}

function copyWords(
  words: Int32Array,
  from: number,
  step: number,
  out: Float64Array,
  to: number,
  count: number,
): void {
  for (let index = 0, at = 2 * from; index < count; index += 1, at += 2 * step) {
    out[to + index] = toDouble(words[at], words[at + 1]);
  }
}

function copyComplex(
  data: Float64Array | Float32Array,
  from: number,
  step: number,
  out: Float64Array,
  to: number,
  count: number,
): void {
  for (let index = 0, at = from; index < count; index += 1, at += step) {
    out[to + 2 * index] = data[at];
    out[to + 2 * index + 1] = data[at + 1];
  }
}

/** Numbers that lie in the first half of out's elements become complex, from the last on. */
function spread(out: Float64Array, to: number, count: number): void {
  for (let index = count - 1; index >= 0; index -= 1) {
    out[2 * (to + index)] = out[2 * to + index];
    out[2 * (to + index) + 1] = 0;
  }
}

function realCopy(source: DenseArray, out: Float64Array): StagedCopy {
  if (source.dtype === "int64") {
    const words = wordsOf(source.data);
    return (element, stride, to, count) => copyWords(words, element, stride, out, to, count);
  }
  if (source.dtype === "bool") {
    const { data } = source;
    return (element, stride, to, count) => copyBits(data, element, stride, out, to, count);
  }
  const { data } = source;
  return (element, stride, to, count) => copyReal(data, element, stride, out, to, count);
}

function complexCopy(source: DenseArray, out: Float64Array): StagedCopy {
  if (isComplex(source)) {
    const data = source.data as Float64Array | Float32Array;
    return (element, stride, to, count) => copyComplex(data, 2 * element, 2 * stride, out, 2 * to, count);
  }
  const copy = realCopy(source, out);
  return (element, stride, to, count) => {
    copy(element, stride, 2 * to, count);
    spread(out, to, count);
  };
}

/** bool as 0 and 1; anything else as it is. */
function integerCopy(source: DenseArray, out: BigInt64Array): StagedCopy {
  if (source.dtype === "int64") {
    const { data } = source;
    return (element, stride, to, count) => {
      for (let index = 0, at = element; index < count; index += 1, at += stride) out[to + index] = data[at];
    };
  }
  const words = wordsOf(out);
  const data = realsOf(source);
  return (element, stride, to, count) => {
    for (let index = 0, at = element; index < count; index += 1, at += stride) {
      words[2 * (to + index)] = data[at];
      words[2 * (to + index) + 1] = 0;
    }
  };
}

function realsOf(source: DenseArray): Uint8Array {
  if (source.dtype === "bool") return source.data;
  throw new TypeError(`expected bool or int64 to be read as int64, got ${source.dtype}`);
}

/** Whether elements are not zero. NaN is not. */
function truthCopy(source: DenseArray, out: Uint8Array): StagedCopy {
  if (source.dtype === "int64" || isComplex(source)) {
    const pairs = source.dtype === "int64" ? wordsOf(source.data) : source.data;
    return (element, stride, to, count) => {
      for (let index = 0, at = 2 * element; index < count; index += 1, at += 2 * stride) {
        out[to + index] = pairs[at] !== 0 || pairs[at + 1] !== 0 ? 1 : 0;
      }
    };
  }
  const { data } = source as DenseArray & { readonly data: Reals };
  return (element, stride, to, count) => {
    for (let index = 0, at = element; index < count; index += 1, at += stride) {
      out[to + index] = data[at] !== 0 ? 1 : 0;
    }
  };
}

/** How a source of any dtype is read as a working kind; `out` is where the loop finds it. */
export function stagedCopy(source: DenseArray, as: Working, out: WorkingData[Working]): StagedCopy {
  if (as === "float64") return realCopy(source, out as Float64Array);
  if (as === "complex128") return complexCopy(source, out as Float64Array);
  return as === "int64" ? integerCopy(source, out as BigInt64Array) : truthCopy(source, out as Uint8Array);
}
