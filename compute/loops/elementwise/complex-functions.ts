/**
 * Functions of one complex number, with the infinities, NaNs and signed zeros of C99's Annex G, which NumPy
 * takes over from the C library.
 */
import { atan2 } from "../../math/arctangent.ts";
import { cos as cosine, sin as sine } from "../../math/circular.ts";
import { exp as expOf } from "../../math/exponential.ts";
import { cosh as coshOf, saturated, sinh as sinhOf } from "../../math/hyperbolic.ts";
import { hypot } from "../../math/hypot.ts";
import { log1p, log as logOf } from "../../math/logarithm.ts";

/** Writes f(re + im·i) to out[at] and out[at + 1]. */
export type ComplexFunction = (re: number, im: number, out: Float64Array, at: number) => void;

const { abs } = Math;
/** Beyond it e^x overflows although e^x·cos(y) may not. */
const largestExponent = 709;
const largestExp = expOf(largestExponent);

/** With its sign, which `x * sign` would lose on zeros and infinities. */
function copySign(magnitude: number, sign: number): number {
  const negative = sign < 0 || Object.is(sign, -0);
  return negative ? -abs(magnitude) : abs(magnitude);
}

/** factor · e^x of a finite x, where e^x alone may overflow. */
function scaledExp(x: number, factor: number): number {
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
    out[at + 1] = isTiny ? 0 : Number.NaN;
  }
};

/** Natural logarithm of |re + im·i|, without overflow, and exact near the unit circle. */
function logAbs(re: number, im: number): number {
  const larger = Math.max(abs(re), abs(im));
  const smaller = Math.min(abs(re), abs(im));
  if (abs(re) === Number.POSITIVE_INFINITY || abs(im) === Number.POSITIVE_INFINITY) {
    return Number.POSITIVE_INFINITY;
  }
  if (larger > 0.5 && larger < 2) return log1p((larger - 1) * (larger + 1) + smaller * smaller) / 2;
  if (larger > 2 ** 500) return logOf(hypot(larger * 2 ** -600, smaller * 2 ** -600)) + 600 * Math.LN2;
  if (larger < 2 ** -500) return logOf(hypot(larger * 2 ** 600, smaller * 2 ** 600)) - 600 * Math.LN2;
  return logOf(larger * larger + smaller * smaller) / 2;
}

export const log: ComplexFunction = (re, im, out, at) => {
  out[at] = logAbs(re, im);
  out[at + 1] = atan2(im, re);
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
  const smaller = abs(y) / (2 * larger);
  out[at] = (re >= 0 ? larger : smaller) * back;
  out[at + 1] = copySign((re >= 0 ? smaller : larger) * back, im);
}

/** cosh and sinh of x, each times a factor, written to out[at] and out[at + 1]. */
function hyperbolic(x: number, first: number, second: number, out: Float64Array, at: number): void {
  if (abs(x) < saturated) {
    out[at] = coshOf(x) * first;
    out[at + 1] = sinhOf(x) * second;
  } else {
    out[at] = scaledExp(abs(x), first / 2);
    out[at + 1] = scaledExp(abs(x), copySign(0.5, x) * second);
  }
}

/** cosh(re + im·i); sin and cos are it in other coordinates. */
const cosh: ComplexFunction = (re, im, out, at) => {
  if (Number.isFinite(re) && Number.isFinite(im)) {
    hyperbolic(re, cosine(im), sine(im), out, at);
  } else if (im === 0) {
    out[at] = coshOf(re);
    out[at + 1] = Number.isNaN(re) ? im : copySign(im, re) * copySign(1, im);
  } else if (abs(re) === Number.POSITIVE_INFINITY) {
    out[at] = Number.isFinite(im) ? abs(re) * cosine(im) : Number.POSITIVE_INFINITY;
    out[at + 1] = Number.isFinite(im) ? re * sine(im) : Number.NaN;
  } else {
    out[at] = Number.NaN;
    out[at + 1] = re === 0 ? 0 : Number.NaN;
  }
};

/** sinh(re + im·i). */
const sinh: ComplexFunction = (re, im, out, at) => {
  if (Number.isFinite(re) && Number.isFinite(im)) {
    hyperbolic(re, sine(im), cosine(im), out, at);
    const [odd, even] = [out[at + 1], out[at]];
    out[at] = odd;
    out[at + 1] = even;
  } else if (im === 0) {
    out[at] = re;
    out[at + 1] = im;
  } else if (abs(re) === Number.POSITIVE_INFINITY) {
    out[at] = Number.isFinite(im) ? re * cosine(im) : re;
    out[at + 1] = Number.isFinite(im) ? abs(re) * sine(im) : Number.NaN;
  } else {
    out[at] = re === 0 ? re : Number.NaN;
    out[at + 1] = Number.NaN;
  }
};

/** cos(z) = cosh(iz). */
export const cos: ComplexFunction = (re, im, out, at) => cosh(-im, re, out, at);

/** sin(z) = -i·sinh(iz). */
export const sin: ComplexFunction = (re, im, out, at) => {
  sinh(-im, re, out, at);
  const [real, imaginary] = [out[at], out[at + 1]];
  out[at] = imaginary;
  // Without an angle the sign of the infinity is nobody's: the C library has it positive.
  const isLost = !Number.isFinite(re) && abs(real) === Number.POSITIVE_INFINITY;
  out[at + 1] = isLost ? Number.POSITIVE_INFINITY : -real;
};

/** By sinh(re), sin(im) and cos(im): sinh² + cos² cancels nowhere. */
export const tanh: ComplexFunction = (re, im, out, at) => {
  if (!Number.isFinite(re)) {
    if (Number.isNaN(re)) {
      out[at] = Number.NaN;
      out[at + 1] = im === 0 ? im : Number.NaN;
    } else {
      out[at] = copySign(1, re);
      out[at + 1] = copySign(0, Number.isFinite(im) ? sine(2 * im) : im);
    }
  } else if (!Number.isFinite(im)) {
    out[at] = re === 0 ? re : Number.NaN;
    out[at + 1] = Number.NaN;
  } else if (abs(re) >= saturated) {
    const decay = expOf(-abs(re));
    out[at] = copySign(1, re);
    out[at + 1] = 4 * sine(im) * cosine(im) * decay * decay;
  } else {
    const [s, c] = [sinhOf(re), cosine(im)];
    const denominator = s * s + c * c;
    out[at] = (s * coshOf(re)) / denominator;
    out[at + 1] = (sine(im) * c) / denominator;
  }
};
