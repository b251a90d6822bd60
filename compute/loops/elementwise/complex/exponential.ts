/**
 * Exponentials, logarithms and the square root of one complex number, with the infinities, NaNs and signed zeros of
 * C99's Annex G, which NumPy takes over from the C library.
 */
import { atan2 } from "../../../math/arctangent.ts";
import { cos as cosine, sin as sine } from "../../../math/circular.ts";
import { expm1 as expm1Of, exp as expOf } from "../../../math/exponential.ts";
import { hypot } from "../../../math/hypot.ts";
import { log1p as log1pOf, log as logOf } from "../../../math/logarithm.ts";
import { copySign } from "../../../math/sign.ts";

/** Writes f(re + im·i) to out[at] and out[at + 1]. */
export type ComplexFunction = (re: number, im: number, out: Float64Array, at: number) => void;

const { abs } = Math;
/** Beyond it e^x overflows although e^x·cos(y) may not. */
const largestExponent = 709;
const largestExp = expOf(largestExponent);

/** factor · e^x of a finite x, where e^x alone may overflow. */
export function scaledExp(x: number, factor: number): number {
  let scaled = factor;
  let rest = x;
  for (; rest > largestExponent && scaled !== 0 && Number.isFinite(scaled); rest -= largestExponent) {
    scaled *= largestExp;
  }
  return scaled === 0 ? scaled : scaled * expOf(Math.min(rest, largestExponent));
}

export const exp: ComplexFunction = (re, im, out, at) => {
  if (im === 0) {
    out[at] = expOf(re);
    out[at + 1] = im;
  } else if (Number.isFinite(im)) {
    if (re === Number.POSITIVE_INFINITY || re === Number.NEGATIVE_INFINITY) {
      const size = re > 0 ? re : 0;
      out[at] = copySign(size, cosine(im));
      out[at + 1] = copySign(size, sine(im));
    } else {
      out[at] = scaledExp(re, cosine(im));
      out[at + 1] = scaledExp(re, sine(im));
    }
  } else {
    // No angle: e^-inf is zero all the same, e^inf infinite in an unknown direction.
    const isTiny = re === Number.NEGATIVE_INFINITY;
    out[at] = isTiny ? 0 : re === Number.POSITIVE_INFINITY ? re : Number.NaN;
    out[at + 1] = isTiny ? copySign(0, im) : Number.NaN;
  }
};

/** Natural logarithm of |re + im·i|, without overflow, and exact near the unit circle. */
function logAbs(re: number, im: number): number {
  const larger = Math.max(abs(re), abs(im));
  const smaller = Math.min(abs(re), abs(im));
  if (abs(re) === Number.POSITIVE_INFINITY || abs(im) === Number.POSITIVE_INFINITY) {
    return Number.POSITIVE_INFINITY;
  }
  if (larger > 0.5 && larger < 2) return log1pOf((larger - 1) * (larger + 1) + smaller * smaller) / 2;
  if (larger > 2 ** 500) return logOf(hypot(larger * 2 ** -600, smaller * 2 ** -600)) + 600 * Math.LN2;
  if (larger < 2 ** -500) return logOf(hypot(larger * 2 ** 600, smaller * 2 ** 600)) - 600 * Math.LN2;
  return logOf(larger * larger + smaller * smaller) / 2;
}

export const log: ComplexFunction = (re, im, out, at) => {
  out[at] = logAbs(re, im);
  out[at + 1] = atan2(im, re);
};

/** By a factor on both parts of log. */
const logIn =
  (factor: number): ComplexFunction =>
  (re, im, out, at) => {
    log(re, im, out, at);
    out[at] *= factor;
    out[at + 1] *= factor;
  };

export const log2 = logIn(Math.LOG2E);
export const log10 = logIn(Math.LOG10E);

/** Near 0 by what |1 + z|² is above 1, whose digits 1 + z would lose. */
export const log1p: ComplexFunction = (re, im, out, at) => {
  if (abs(re) < 0.25 && abs(im) < 0.25) {
    out[at] = log1pOf(re * (2 + re) + im * im) / 2;
    out[at + 1] = atan2(im, 1 + re);
  } else {
    log(1 + re, im, out, at);
  }
};

export const exp2: ComplexFunction = (re, im, out, at) => exp(re * Math.LN2, im * Math.LN2, out, at);

/** e^z - 1 = (e^x - 1)·cos y - 2·sin²(y/2) + i·e^x·sin y. */
export const expm1: ComplexFunction = (re, im, out, at) => {
  const half = sine(im / 2);
  out[at] = expm1Of(re) * cosine(im) - 2 * half * half;
  out[at + 1] = expOf(re) * sine(im);
};

/** Kahan's: the larger part by a sum that cannot cancel, the other from it. */
export const sqrt: ComplexFunction = (re, im, out, at) => {
  if (re === 0 && im === 0) {
    out[at] = 0;
    out[at + 1] = im;
  } else if (abs(im) === Number.POSITIVE_INFINITY) {
    out[at] = Number.POSITIVE_INFINITY;
    out[at + 1] = im;
  } else if (Number.isNaN(re)) {
    out[at] = Number.NaN;
    out[at + 1] = Number.NaN;
  } else if (abs(re) === Number.POSITIVE_INFINITY) {
    const other = Number.isNaN(im) ? Number.NaN : 0;
    out[at] = re > 0 ? re : other;
    out[at + 1] = re > 0 ? copySign(other, im) : copySign(Number.POSITIVE_INFINITY, im);
  } else {
    finiteSqrt(re, im, out, at);
  }
};

function finiteSqrt(re: number, im: number, out: Float64Array, at: number): void {
  // By a power of four, whose root is exact: sums of squares then neither overflow nor underflow.
  const size = Math.max(abs(re), abs(im));
  const scale = size > 2 ** 500 ? 2 ** -600 : size < 2 ** -400 ? 2 ** 600 : 1;
  const back = scale === 1 ? 1 : scale < 1 ? 2 ** 300 : 2 ** -300;
  const [x, y] = [re * scale, im * scale];
  const larger = Math.sqrt((abs(x) + Math.sqrt(x * x + y * y)) / 2);
  // Of the number itself: scaled, a tiny part beside a huge one would be lost.
  const [long, short] = [larger * back, abs(im) / (2 * larger * back)];
  out[at] = re >= 0 ? long : short;
  out[at + 1] = copySign(re >= 0 ? short : long, im);
}
