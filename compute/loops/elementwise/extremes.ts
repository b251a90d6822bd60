import type { Loop } from "./apply.ts";

// NaN in either is the answer, as Math.max has it too.

export const maximumReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Math.max(a[i + n], b[j + n]);
};

export const minimumReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Math.min(a[i + n], b[j + n]);
};

/** The other one where one is NaN. */
export const fmaxReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const [x, y] = [a[i + n], b[j + n]];
    out[o + n] = x >= y || Number.isNaN(y) ? x : y;
  }
};

export const fminReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const [x, y] = [a[i + n], b[j + n]];
    out[o + n] = x <= y || Number.isNaN(y) ? x : y;
  }
};

/** Which of two complex numbers is chosen: `order` is 1 for the larger by real, then imaginary part, -1 for the smaller. */
function chosenComplex(order: 1 | -1, nanWins: boolean): Loop {
  const takesFirst = (re: number, im: number, bRe: number, bIm: number): boolean => {
    const isFirstNaN = Number.isNaN(re) || Number.isNaN(im);
    const isOtherNaN = Number.isNaN(bRe) || Number.isNaN(bIm);
    // Of two NaNs the first.
    if (isFirstNaN || isOtherNaN) return nanWins ? isFirstNaN : isOtherNaN;
    return re === bRe ? order * im >= order * bIm : order * re > order * bRe;
  };
  return (out, o, count, a, i, b, j) => {
    for (let n = 0; n < 2 * count; n += 2) {
      const [re, im, bRe, bIm] = [a[i + n], a[i + n + 1], b[j + n], b[j + n + 1]];
      const isFirst = takesFirst(re, im, bRe, bIm);
      out[o + n] = isFirst ? re : bRe;
      out[o + n + 1] = isFirst ? im : bIm;
    }
  };
}

export const maximumComplex = chosenComplex(1, true);
export const minimumComplex = chosenComplex(-1, true);
export const fmaxComplex = chosenComplex(1, false);
export const fminComplex = chosenComplex(-1, false);
