/**
 * Inverse circular and hyperbolic functions of one complex number: arcsine and arccosine by Hull, Fairgrieve and Tang
 * (1997), without cancellation, overflow or underflow on the way; arctangent by Kahan (1987). At infinities, NaNs and signed
 * zeros as C99's Annex G has them.
 */
import { acos as acosOf, asin as asinOf, atan2 } from "../../../math/arctangent.ts";
import { hypot } from "../../../math/hypot.ts";
import { log1p, log as logOf } from "../../../math/logarithm.ts";
import { copySign, isNegative } from "../../../math/sign.ts";
import type { ComplexFunction } from "./exponential.ts";

const { abs, sqrt } = Math;
const quarterTurn = Math.PI / 2;

/** Beyond it asin and acos are their asymptotes, and atanh(z) is 1/z off a quarter turn, to the last bit. */
const large = 2 ** 54;
/** Below it the arcsine is the number itself. */
const small = 2 ** -30;
/** Below it arcsine and arccosine of x/a have no cancellation; above it the arctangent of the legs is better. */
const crossover = 0.6417;
/** Up to here ln(a + √(a² - 1)) is taken by ln(1 + …). */
const nearOne = 1.5;

/** Of x + iy in the first quadrant: the real parts of its arcsine and arccosine, and their common imaginary part. */
let sinePart = 0;
let cosinePart = 0;
let imaginary = 0;

function set(sine: number, cosine: number, height: number): void {
  sinePart = sine;
  cosinePart = cosine;
  imaginary = height;
}

function firstQuadrant(x: number, y: number): void {
  if (Number.isNaN(x) || Number.isNaN(y)) notNumbers(x, y);
  else if (x > large || y > large) asymptotes(x, y);
  else if (x < small && y < small) set(x, quarterTurn - x, y);
  else if (y <= 2 ** -54 * abs(x - 1)) nearReal(x, y);
  else if (y < 2 ** -500) set(quarterTurn - sqrt(y), sqrt(y), sqrt(y));
  else elsewhere(x, y);
}

function notNumbers(x: number, y: number): void {
  const isInfinite = x === Number.POSITIVE_INFINITY || y === Number.POSITIVE_INFINITY;
  set(Number.NaN, Number.NaN, isInfinite ? Number.POSITIVE_INFINITY : Number.NaN);
  if (x === 0) set(0, quarterTurn, Number.NaN);
}

function asymptotes(x: number, y: number): void {
  const size = Math.max(x, y);
  const height = size === Number.POSITIVE_INFINITY ? size : logOf(hypot(x / size, y / size)) + logOf(size);
  set(atan2(x, y), atan2(y, x), height + Math.LN2);
}

/** Where y² is nothing beside the distance to 1. */
function nearReal(x: number, y: number): void {
  const root = sqrt(abs(x - 1) * (x + 1));
  if (x < 1) set(asinOf(x), acosOf(x), y / root);
  else set(quarterTurn, y === 0 ? 0 : y / root, log1p(x - 1 + root));
}

function elsewhere(x: number, y: number): void {
  const r = hypot(x + 1, y);
  const s = hypot(x - 1, y);
  const a = (r + s) / 2;
  const fromLeft = y * (y / (r + x + 1));
  // r + x + 1 - 2·(1 + x) and s - (1 - x), each without cancellation.
  const aboveOne = x < 1 ? (fromLeft + y * (y / (s + (1 - x)))) / 2 : (fromLeft + (s + (x - 1))) / 2;
  const height =
    a <= nearOne ? log1p(aboveOne + sqrt(aboveOne * (a + 1))) : logOf(a + sqrt((a - 1) * (a + 1)));
  const ratio = x / a;
  if (ratio <= crossover) {
    set(asinOf(ratio), acosOf(ratio), height);
    return;
  }
  const leg =
    x <= 1
      ? sqrt(((a + x) * (fromLeft + (s + (1 - x)))) / 2)
      : y * sqrt(((a + x) / (r + x + 1) + (a + x) / (s + (x - 1))) / 2);
  set(atan2(x, leg), atan2(leg, x), height);
}

export const asin: ComplexFunction = (re, im, out, at) => {
  firstQuadrant(abs(re), abs(im));
  out[at] = copySign(sinePart, re);
  out[at + 1] = copySign(imaginary, im);
};

/** asinh(z) = -i·asin(iz). */
export const asinh: ComplexFunction = (re, im, out, at) => {
  firstQuadrant(abs(im), abs(re));
  out[at] = copySign(imaginary, re);
  out[at + 1] = copySign(sinePart, im);
};

export const acos: ComplexFunction = (re, im, out, at) => {
  firstQuadrant(abs(re), abs(im));
  out[at] = isNegative(re) ? Math.PI - cosinePart : cosinePart;
  out[at + 1] = -copySign(imaginary, im);
};

/** i·acos(z) or -i·acos(z): the one whose real part is not negative. */
export const acosh: ComplexFunction = (re, im, out, at) => {
  firstQuadrant(abs(re), abs(im));
  out[at] = imaginary;
  out[at + 1] = copySign(isNegative(re) ? Math.PI - cosinePart : cosinePart, im);
};

export const atanh: ComplexFunction = (re, im, out, at) => {
  inverseTangent(abs(re), abs(im), out, at);
  out[at] = copySign(out[at], re);
  out[at + 1] = copySign(out[at + 1], im);
};

/** atan(z) = -i·atanh(iz). */
export const atan: ComplexFunction = (re, im, out, at) => {
  inverseTangent(abs(im), abs(re), out, at);
  const [real, imaginaryPart] = [out[at], out[at + 1]];
  out[at] = copySign(imaginaryPart, re);
  out[at + 1] = copySign(real, im);
};

/** atanh of x + iy in the first quadrant. */
function inverseTangent(x: number, y: number, out: Float64Array, at: number): void {
  if (Number.isNaN(x) || Number.isNaN(y)) {
    out[at] = x === 0 || x === Number.POSITIVE_INFINITY || y === Number.POSITIVE_INFINITY ? 0 : Number.NaN;
    out[at + 1] = y === Number.POSITIVE_INFINITY ? quarterTurn : Number.NaN;
  } else if (x > large || y > large) {
    out[at] = reciprocalReal(x, y);
    out[at + 1] = quarterTurn;
  } else if (x < small && y < small) {
    out[at] = x;
    out[at + 1] = y;
  } else if (x === 1 && y < 2 ** -30) {
    out[at] = y === 0 ? Number.POSITIVE_INFINITY : (Math.LN2 - logOf(y)) / 2;
    out[at + 1] = y === 0 ? 0 : atan2(2, -y) / 2;
  } else {
    const below = 1 - x;
    out[at] = log1p((4 * x) / (below * below + y * y)) / 4;
    out[at + 1] = atan2(2 * y, below * (1 + x) - y * y) / 2;
  }
}

/** The real part of 1/(x - iy), by powers of two where squares would overflow. */
function reciprocalReal(x: number, y: number): number {
  const size = Math.max(x, y);
  if (size === Number.POSITIVE_INFINITY) return 0;
  const [a, b] = [x / size, y / size];
  return a / (a * a + b * b) / size;
}
