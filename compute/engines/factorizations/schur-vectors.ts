import type { FloatingArray } from "@sluice/contract/array";
import { square } from "../../math/powers.ts";
import type { Spectrum } from "./francis.ts";
import { divide } from "./planes.ts";
import { dot } from "./spectral-kit.ts";

const eps = 2 ** -52;

/**
 * Eigenvectors of a quasi-triangular matrix by back substitution, as EISPACK's hqr2: row j of the result is that of
 * real eigenvalue j; rows j and j + 1 are the real and the imaginary part of that of pair j, j + 1. Not normalised.
 */
export function schurVectors(
  { data: h, shape: [n] }: FloatingArray,
  { re, im }: Spectrum,
  x: FloatingArray,
): void {
  let norm = 0;
  for (const value of h) norm = Math.max(norm, Math.abs(value));
  const least = eps * norm * n || Number.MIN_VALUE;
  for (let k = n - 1; k >= 0; k -= 1) {
    if (im[k] === 0) realVector(h, n, re, im, k, least, x.data.subarray(k * n, (k + 1) * n));
    else {
      k -= 1;
      const at = k * n;
      complexVector(
        h,
        n,
        re,
        im,
        k + 1,
        least,
        x.data.subarray(at, at + n),
        x.data.subarray(at + n, at + 2 * n),
      );
    }
  }
}

type Floats = Float64Array | Float32Array;

/** Keeps a growing vector from overflowing. */
function rescale(vectors: readonly Floats[], from: number, end: number, size: number): void {
  if (eps * size * size <= 1) return;
  for (const vector of vectors) for (let j = from; j <= end; j += 1) vector[j] /= size;
}

function realVector(
  h: Floats,
  n: number,
  re: Float64Array,
  im: Float64Array,
  k: number,
  least: number,
  x: Floats,
): void {
  const p = re[k];
  x[k] = 1;
  let start = k;
  let [z, s] = [0, 0];
  for (let i = k - 1; i >= 0; i -= 1) {
    const w = h[i * n + i] - p;
    const r = dot(h, i * n + start, x, start, k - start + 1);
    if (im[i] < 0) {
      // The lower row of a pair waits for the upper one.
      [z, s] = [w, r];
      continue;
    }
    start = i;
    if (im[i] === 0) {
      x[i] = -r / (w === 0 ? least : w);
    } else {
      const [right, below] = [h[i * n + i + 1], h[(i + 1) * n + i]];
      const t = (right * s - z * r) / (square(re[i] - p) + square(im[i]));
      x[i] = t;
      x[i + 1] = Math.abs(right) > Math.abs(z) ? (-r - w * t) / right : (-s - below * t) / z;
    }
    rescale([x], i, k, Math.abs(x[i]));
  }
}

/** Of the pair whose lower row is k. */
function complexVector(
  h: Floats,
  n: number,
  re: Float64Array,
  im: Float64Array,
  k: number,
  least: number,
  x: Floats,
  y: Floats,
): void {
  const [p, q] = [re[k], im[k]];
  const corner = (k - 1) * n + k - 1;
  const [left, below] = [h[corner], h[corner + n]];
  if (Math.abs(below) > Math.abs(h[corner + 1])) {
    x[k - 1] = q / below;
    y[k - 1] = -(h[corner + n + 1] - p) / below;
  } else {
    [x[k - 1], y[k - 1]] = divide([0, -h[corner + 1]], [left - p, q]);
  }
  x[k] = 0;
  y[k] = 1;
  let start = k - 1;
  let [z, r, s] = [0, 0, 0];
  for (let i = k - 2; i >= 0; i -= 1) {
    const w = h[i * n + i] - p;
    const ra = dot(h, i * n + start, x, start, k - start + 1);
    const sa = dot(h, i * n + start, y, start, k - start + 1);
    if (im[i] < 0) {
      [z, r, s] = [w, ra, sa];
      continue;
    }
    start = i;
    if (im[i] === 0) {
      [x[i], y[i]] = divide([-ra, -sa], [w, q]);
    } else {
      const [right, under] = [h[i * n + i + 1], h[(i + 1) * n + i]];
      let vr = square(re[i] - p) + square(im[i]) - q * q;
      const vi = (re[i] - p) * 2 * q;
      if (vr === 0 && vi === 0) {
        vr = least * (Math.abs(w) + Math.abs(q) + Math.abs(right) + Math.abs(under) + Math.abs(z));
      }
      [x[i], y[i]] = divide([right * r - z * ra + q * sa, right * s - z * sa - q * ra], [vr, vi]);
      if (Math.abs(right) > Math.abs(z) + Math.abs(q)) {
        x[i + 1] = (-ra - w * x[i] + q * y[i]) / right;
        y[i + 1] = (-sa - w * y[i] - q * x[i]) / right;
      } else {
        [x[i + 1], y[i + 1]] = divide([-r - under * x[i], -s - under * y[i]], [z, q]);
      }
    }
    rescale([x, y], i, k, Math.max(Math.abs(x[i]), Math.abs(y[i])));
  }
}
