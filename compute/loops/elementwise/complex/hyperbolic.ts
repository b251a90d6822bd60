/** Circular and hyperbolic functions of one complex number, at infinities, NaNs and signed zeros as C99's Annex G has them. */
import { cos as cosine, sin as sine } from "../../../math/circular.ts";
import { exp as expOf } from "../../../math/exponential.ts";
import { cosh as coshOf, saturated, sinh as sinhOf } from "../../../math/hyperbolic.ts";
import { copySign } from "../../../math/sign.ts";
import { type ComplexFunction, scaledExp } from "./exponential.ts";

const { abs } = Math;

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
export const cosh: ComplexFunction = (re, im, out, at) => {
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
export const sinh: ComplexFunction = (re, im, out, at) => {
  if (Number.isFinite(re) && Number.isFinite(im)) {
    hyperbolic(re, sine(im), cosine(im), out, at);
    const [odd, even] = [out[at + 1], out[at]];
    out[at] = odd;
    out[at + 1] = even;
  } else if (im === 0) {
    out[at] = re;
    out[at + 1] = im;
  } else if (abs(re) === Number.POSITIVE_INFINITY) {
    out[at] = Number.isFinite(im) ? re * cosine(im) : Number.POSITIVE_INFINITY;
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

/** tan(z) = -i·tanh(iz). */
export const tan: ComplexFunction = (re, im, out, at) => {
  tanh(-im, re, out, at);
  const [real, imaginary] = [out[at], out[at + 1]];
  out[at] = imaginary;
  out[at + 1] = -real;
};
