/** Rational functions of one complex number, in NumPy's order of operations. */
import { hypot } from "../../../math/hypot.ts";
import { divideComplex } from "../arithmetic.ts";
import type { ComplexFunction } from "./exponential.ts";
import { sin } from "./hyperbolic.ts";

export const square: ComplexFunction = (re, im, out, at) => {
  out[at] = re * re - im * im;
  out[at + 1] = re * im + im * re;
};

/** By Smith's method: no intermediate overflows where the result does not. */
export const reciprocal: ComplexFunction = (re, im, out, at) => {
  if (Math.abs(im) <= Math.abs(re)) {
    const ratio = im / re;
    const below = re + im * ratio;
    out[at] = 1 / below;
    out[at + 1] = -ratio / below;
  } else {
    const ratio = re / im;
    const below = re * ratio + im;
    out[at] = ratio / below;
    out[at + 1] = -1 / below;
  }
};

/** z/|z|: 0 for 0, and along an axis for an infinity. */
export const sign: ComplexFunction = (re, im, out, at) => {
  const size = hypot(re, im);
  const isInfinite = size === Number.POSITIVE_INFINITY;
  const isCorner = Math.abs(re) === size && Math.abs(im) === size;
  if (size === 0) {
    out[at] = 0;
    out[at + 1] = 0;
  } else if (isInfinite && !isCorner) {
    out[at] = Math.abs(re) === size ? Math.sign(re) : 0;
    out[at + 1] = Math.abs(im) === size ? Math.sign(im) : 0;
  } else {
    out[at] = re / size;
    out[at + 1] = im / size;
  }
};

const above = new Float64Array(2);
const below = new Float64Array(2);

/** sin(πz)/(πz), 1 at 0. */
export const sinc: ComplexFunction = (re, im, out, at) => {
  below[0] = Math.PI * (re === 0 && im === 0 ? 1e-20 : re);
  below[1] = Math.PI * im;
  sin(below[0], below[1], above, 0);
  divideComplex(out, at, 1, above, 0, below, 0, below, 0);
};
