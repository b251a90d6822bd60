/** Comparisons, answered by true and false: NaN is neither less, equal nor greater. */
import type { Loop } from "./apply.ts";

export const equalReal: Loop<"bool", "float64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] === b[j + n] ? 1 : 0;
};

export const equalInteger: Loop<"bool", "int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] === b[j + n] ? 1 : 0;
};

export const notEqualReal: Loop<"bool", "float64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] !== b[j + n] ? 1 : 0;
};

export const notEqualInteger: Loop<"bool", "int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] !== b[j + n] ? 1 : 0;
};

export const lessReal: Loop<"bool", "float64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] < b[j + n] ? 1 : 0;
};

export const lessInteger: Loop<"bool", "int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] < b[j + n] ? 1 : 0;
};

export const lessEqualReal: Loop<"bool", "float64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] <= b[j + n] ? 1 : 0;
};

export const lessEqualInteger: Loop<"bool", "int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] <= b[j + n] ? 1 : 0;
};

export const greaterReal: Loop<"bool", "float64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] > b[j + n] ? 1 : 0;
};

export const greaterInteger: Loop<"bool", "int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] > b[j + n] ? 1 : 0;
};

export const greaterEqualReal: Loop<"bool", "float64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] >= b[j + n] ? 1 : 0;
};

export const greaterEqualInteger: Loop<"bool", "int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] >= b[j + n] ? 1 : 0;
};

export const equalComplex: Loop<"bool", "complex128"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const [at, bt] = [i + 2 * n, j + 2 * n];
    out[o + n] = a[at] === b[bt] && a[at + 1] === b[bt + 1] ? 1 : 0;
  }
};

export const notEqualComplex: Loop<"bool", "complex128"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const [at, bt] = [i + 2 * n, j + 2 * n];
    out[o + n] = a[at] !== b[bt] || a[at + 1] !== b[bt + 1] ? 1 : 0;
  }
};

/** NumPy's order of complex numbers: by real part, then by imaginary part. */
const ordered =
  (
    byReal: (x: number, y: number) => boolean,
    byImaginary: (x: number, y: number) => boolean,
  ): Loop<"bool", "complex128"> =>
  (out, o, count, a, i, b, j) => {
    for (let n = 0; n < count; n += 1) {
      const [re, im, bRe, bIm] = [a[i + 2 * n], a[i + 2 * n + 1], b[j + 2 * n], b[j + 2 * n + 1]];
      const isFirst = byReal(re, bRe) && !Number.isNaN(im) && !Number.isNaN(bIm);
      out[o + n] = isFirst || (re === bRe && byImaginary(im, bIm)) ? 1 : 0;
    }
  };

const isLess = (x: number, y: number): boolean => x < y;
const isGreater = (x: number, y: number): boolean => x > y;

export const lessComplex = ordered(isLess, isLess);
export const lessEqualComplex = ordered(isLess, (x, y) => x <= y);
export const greaterComplex = ordered(isGreater, isGreater);
export const greaterEqualComplex = ordered(isGreater, (x, y) => x >= y);
