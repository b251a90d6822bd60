/** Questions about numbers, answered by true and false. */
import { isNegative } from "../../math/sign.ts";
import type { Loop } from "./apply.ts";

/** A loop of a question about one real number. */
const asked =
  (question: (x: number) => boolean): Loop<"bool", "float64"> =>
  (out, o, count, a, i) => {
    for (let n = 0; n < count; n += 1) out[o + n] = question(a[i + n]) ? 1 : 0;
  };

export const isNaNReal: Loop<"bool", "float64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Number.isNaN(a[i + n]) ? 1 : 0;
};

export const isNaNComplex: Loop<"bool", "complex128"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1)
    out[o + n] = Number.isNaN(a[i + 2 * n]) || Number.isNaN(a[i + 2 * n + 1]) ? 1 : 0;
};

export const isInfiniteReal: Loop<"bool", "float64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Math.abs(a[i + n]) === Number.POSITIVE_INFINITY ? 1 : 0;
};

export const isInfiniteComplex: Loop<"bool", "complex128"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1)
    out[o + n] =
      Math.abs(a[i + 2 * n]) === Number.POSITIVE_INFINITY ||
      Math.abs(a[i + 2 * n + 1]) === Number.POSITIVE_INFINITY
        ? 1
        : 0;
};

export const isFiniteReal: Loop<"bool", "float64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Number.isFinite(a[i + n]) ? 1 : 0;
};

export const isFiniteComplex: Loop<"bool", "complex128"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1)
    out[o + n] = Number.isFinite(a[i + 2 * n]) && Number.isFinite(a[i + 2 * n + 1]) ? 1 : 0;
};

export const isPositiveInfinityReal: Loop<"bool", "float64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] === Number.POSITIVE_INFINITY ? 1 : 0;
};

export const isNegativeInfinityReal: Loop<"bool", "float64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] === Number.NEGATIVE_INFINITY ? 1 : 0;
};

export const signBit = asked(isNegative);

export const trueReal: Loop<"bool", "float64"> = (out, o, count) => {
  out.fill(1, o, o + count);
};

export const isRealComplex: Loop<"bool", "complex128"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + 2 * n + 1] === 0 ? 1 : 0;
};

export const isNotRealComplex: Loop<"bool", "complex128"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + 2 * n + 1] !== 0 ? 1 : 0;
};

export const falseReal: Loop<"bool", "float64"> = (out, o, count) => {
  out.fill(0, o, o + count);
};
