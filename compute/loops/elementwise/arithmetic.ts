import type { Loop } from "./apply.ts";

export const addReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] + b[j + n];
};

export const subtractReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] - b[j + n];
};

export const multiplyReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] * b[j + n];
};

export const divideReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] / b[j + n];
};

// Re and im of a sum are added each by itself: twice as many real numbers.
export const addComplex: Loop = (out, o, count, a, i, b, j, c, k) =>
  addReal(out, o, 2 * count, a, i, b, j, c, k);

export const subtractComplex: Loop = (out, o, count, a, i, b, j, c, k) =>
  subtractReal(out, o, 2 * count, a, i, b, j, c, k);

export const multiplyComplex: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < 2 * count; n += 2) {
    const re = a[i + n];
    const im = a[i + n + 1];
    const bRe = b[j + n];
    const bIm = b[j + n + 1];
    out[o + n] = re * bRe - im * bIm;
    out[o + n + 1] = re * bIm + im * bRe;
  }
};

/** Smith's method, as NumPy has it: no intermediate overflows where the quotient does not. */
export const divideComplex: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < 2 * count; n += 2) {
    const re = a[i + n];
    const im = a[i + n + 1];
    const bRe = b[j + n];
    const bIm = b[j + n + 1];
    const absRe = Math.abs(bRe);
    const absIm = Math.abs(bIm);
    if (absRe >= absIm) {
      if (absRe === 0 && absIm === 0) {
        // As C divides each part by zero: 1/0 is infinite, 0/0 is NaN.
        out[o + n] = re / absRe;
        out[o + n + 1] = im / absRe;
        continue;
      }
      const ratio = bIm / bRe;
      const scale = 1 / (bRe + bIm * ratio);
      out[o + n] = (re + im * ratio) * scale;
      out[o + n + 1] = (im - re * ratio) * scale;
    } else {
      const ratio = bRe / bIm;
      const scale = 1 / (bIm + bRe * ratio);
      out[o + n] = (re * ratio + im) * scale;
      out[o + n + 1] = (im * ratio - re) * scale;
    }
  }
};

/** re² + im² of complex elements, real. */
export const squaredMagnitude: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) {
    const re = a[i + 2 * n];
    const im = a[i + 2 * n + 1];
    out[o + n] = re * re + im * im;
  }
};
