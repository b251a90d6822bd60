import { hypot } from "../../math/hypot.ts";
import type { Loop } from "./apply.ts";
import { rintReal } from "./rounding.ts";

// One loop each: a call for every element would take ten times as long.

export const copyReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n];
};

export const negativeReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = -a[i + n];
};

export const squareReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] * a[i + n];
};

export const reciprocalReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = 1 / a[i + n];
};

/** 1, -1, 0 without a sign, or NaN. */
export const signReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) {
    const x = a[i + n];
    out[o + n] = x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x;
  }
};

export const zeroReal: Loop = (out, o, count) => {
  out.fill(0, o, o + count);
};

/** By `factor`, as degrees are of radians. */
export const scaledBy =
  (factor: number): Loop =>
  (out, o, count, a, i) => {
    for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] * factor;
  };

// Both parts of a complex number, each by itself: twice as many real numbers.
const onParts =
  (real: Loop): Loop =>
  (out, o, count, a, i, b, j, c, k) =>
    real(out, o, 2 * count, a, i, b, j, c, k);

export const copyComplex = onParts(copyReal);
export const negativeComplex = onParts(negativeReal);
export const rintComplex = onParts(rintReal);

export const realPart: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + 2 * n];
};

export const imaginaryPart: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + 2 * n + 1];
};

export const conjugateComplex: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < 2 * count; n += 2) {
    out[o + n] = a[i + n];
    out[o + n + 1] = -a[i + n + 1];
  }
};

/** Without overflow or underflow on the way. */
export const magnitude: Loop<"float64", "complex128"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = hypot(a[i + 2 * n], a[i + 2 * n + 1]);
};
