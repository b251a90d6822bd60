import { power } from "../../math/power.ts";
import type { Loop } from "./apply.ts";
import { exp, log } from "./complex-functions.ts";

/** Squares, the commonest powers, are rounded correctly. */
export const powerReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const base = a[i + n];
    const exponent = b[j + n];
    out[o + n] = exponent === 2 ? base * base : power(base, exponent);
  }
};

/** Below it NumPy multiplies whole powers out; above it takes the logarithm. */
const largestMultiplied = 100;

/** z^n by squaring, n from 1; a negative exponent is the reciprocal of the positive one. */
function wholePower(re: number, im: number, exponent: number, out: Float64Array, at: number): void {
  let [x, y] = [1, 0];
  let [squareRe, squareIm] = [re, im];
  for (let rest = Math.abs(exponent); ; ) {
    if (rest % 2 === 1) [x, y] = [x * squareRe - y * squareIm, x * squareIm + y * squareRe];
    rest = Math.floor(rest / 2);
    if (rest === 0) break;
    [squareRe, squareIm] = [squareRe * squareRe - squareIm * squareIm, 2 * squareRe * squareIm];
  }
  if (exponent > 0) {
    out[at] = x;
    out[at + 1] = y;
    return;
  }
  // 1/(x + iy) by Smith's method.
  const isWide = Math.abs(x) >= Math.abs(y);
  const ratio = isWide ? y / x : x / y;
  const scale = 1 / (isWide ? x + y * ratio : y + x * ratio);
  out[at] = isWide ? scale : ratio * scale;
  out[at + 1] = isWide ? -ratio * scale : -scale;
}

function complexPower(re: number, im: number, b: number, bIm: number, out: Float64Array, at: number): void {
  if (b === 0 && bIm === 0) {
    out[at] = 1;
    out[at + 1] = 0;
  } else if (re === 0 && im === 0) {
    const isDefined = b > 0;
    out[at] = isDefined ? 0 : Number.NaN;
    out[at + 1] = isDefined ? 0 : Number.NaN;
  } else if (bIm === 0 && Number.isInteger(b) && Math.abs(b) < largestMultiplied) {
    wholePower(re, im, b, out, at);
  } else {
    log(re, im, out, at);
    const [x, y] = [out[at], out[at + 1]];
    exp(x * b - y * bIm, x * bIm + y * b, out, at);
  }
}

export const powerComplex: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < 2 * count; n += 2) {
    complexPower(a[i + n], a[i + n + 1], b[j + n], b[j + n + 1], out, o + n);
  }
};
