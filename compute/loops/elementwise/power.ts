import { power } from "../../math/power.ts";
import { copySign } from "../../math/sign.ts";
import type { Loop } from "./apply.ts";
import { exp, log } from "./complex/exponential.ts";

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

/**
 * z^n by NumPy's multiplications, n not 0: z itself, z·z and z·(z·z) keep more infinities than its squaring, which begins
 * at 1. A negative exponent is the reciprocal of the positive one.
 */
function wholePower(re: number, im: number, exponent: number, out: Float64Array, at: number): void {
  const isUnrolled = exponent > 0 && exponent <= 3;
  let [x, y] = isUnrolled ? [re, im] : [1, 0];
  if (isUnrolled) {
    for (let n = 1; n < exponent; n += 1) [x, y] = [re * x - im * y, re * y + im * x];
  } else {
    let [squareRe, squareIm] = [re, im];
    for (let rest = Math.abs(exponent); ; ) {
      if (rest % 2 === 1) [x, y] = [x * squareRe - y * squareIm, x * squareIm + y * squareRe];
      rest = Math.floor(rest / 2);
      if (rest === 0) break;
      [squareRe, squareIm] = [
        squareRe * squareRe - squareIm * squareIm,
        squareRe * squareIm + squareIm * squareRe,
      ];
    }
  }
  if (exponent > 0) {
    out[at] = x;
    out[at + 1] = y;
  } else reciprocalOf(x, y, out, at);
}

/** (1 + 0i)/(x + iy) by Smith's method, with NumPy's products with 0: they make NaN of infinities. */
function reciprocalOf(x: number, y: number, out: Float64Array, at: number): void {
  if (x === 0 && y === 0) {
    out[at] = Number.POSITIVE_INFINITY;
    out[at + 1] = Number.NaN;
    return;
  }
  const isWide = Math.abs(x) >= Math.abs(y);
  const ratio = isWide ? y / x : x / y;
  const scale = 1 / (isWide ? x + y * ratio : y + x * ratio);
  out[at] = (isWide ? 1 + 0 * ratio : ratio + 0) * scale;
  out[at + 1] = (isWide ? 0 - ratio : 0 * ratio - 1) * scale;
}

/** As C multiplies (C99, Annex G): an infinite factor stays infinite where its parts make NaN of both parts. */
function product(re: number, im: number, bRe: number, bIm: number, out: Float64Array, at: number): void {
  out[at] = re * bRe - im * bIm;
  out[at + 1] = re * bIm + im * bRe;
  if (!(Number.isNaN(out[at]) && Number.isNaN(out[at + 1]))) return;
  if (!isInfinite(re, im) && !isInfinite(bRe, bIm)) return;
  const [x, y] = isInfinite(re, im) ? [boxed(re), boxed(im)] : [withoutNaN(re), withoutNaN(im)];
  const [u, v] = isInfinite(bRe, bIm) ? [boxed(bRe), boxed(bIm)] : [withoutNaN(bRe), withoutNaN(bIm)];
  out[at] = Number.POSITIVE_INFINITY * (x * u - y * v);
  out[at + 1] = Number.POSITIVE_INFINITY * (x * v + y * u);
}

const isInfinite = (re: number, im: number): boolean =>
  Math.abs(re) === Number.POSITIVE_INFINITY || Math.abs(im) === Number.POSITIVE_INFINITY;
const boxed = (x: number): number => copySign(Math.abs(x) === Number.POSITIVE_INFINITY ? 1 : 0, x);
const withoutNaN = (x: number): number => (Number.isNaN(x) ? 0 : x);

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
    product(out[at], out[at + 1], b, bIm, out, at);
    exp(out[at], out[at + 1], out, at);
  }
}

export const powerComplex: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < 2 * count; n += 2) {
    complexPower(a[i + n], a[i + n + 1], b[j + n], b[j + n + 1], out, o + n);
  }
};
