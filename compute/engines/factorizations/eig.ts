import type { FloatingArray } from "@sluice/contract/array";
import { francis, type Spectrum } from "./francis.ts";
import { balance, hessenberg } from "./hessenberg.ts";
import { rangeScale } from "./range-scale.ts";
import { schurVectors } from "./schur-vectors.ts";
import { type SpectralKit, transposeInPlace } from "./spectral-kit.ts";

export interface Eig {
  readonly values: Spectrum;
  /** Real matrix: column j of real eigenvalue j; columns j and j + 1 the real and imaginary part of pair j, j + 1. */
  readonly vectors: FloatingArray | undefined;
}

/**
 * Eigenvalues and, if asked for, right eigenvectors of length 1 of a real square matrix: balancing, Householder to
 * Hessenberg, double-shift QR, back substitution.
 * @throws Problem no-convergence
 */
export function eig(
  a: FloatingArray,
  vectors: boolean,
  kit: SpectralKit & { matmul(a: FloatingArray, b: FloatingArray): FloatingArray },
): Eig {
  const [n] = a.shape;
  const scale = rangeScale(a.data);
  const h = kit.matrix(n, n);
  for (let index = 0; index < h.data.length; index += 1) h.data[index] = scale * a.data[index];
  const scales = balance(h);
  const taus = hessenberg(h, (done) => kit.onFraction(0.3 * done));
  let reflectors: FloatingArray | undefined;
  let v: FloatingArray | undefined;
  if (vectors) {
    [reflectors, v] = [kit.matrix(n, n), kit.matrix(n, n)];
    reflectors.data.set(h.data);
    for (let i = 0; i < n; i += 1) v.data[i * n + i] = 1;
  }
  for (let i = 2; i < n; i += 1) h.data.fill(0, i * n, i * n + i - 1);
  const values = francis(h, v, (done) => kit.onFraction(0.3 + 0.5 * done));
  let product: FloatingArray | undefined;
  if (v && reflectors) {
    transposeInPlace(v);
    kit.applyReflections(reflectors, taus, 1, v);
    const x = reflectors;
    x.data.fill(0);
    schurVectors(h, values, x);
    transposeInPlace(x);
    product = kit.matmul(v, x);
    kit.release(v);
    kit.release(reflectors);
    for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) product.data[i * n + j] *= scales[i];
    normalise(product, values.im);
  }
  kit.release(h);
  for (const part of [values.re, values.im]) for (let i = 0; i < n; i += 1) part[i] /= scale;
  return { values, vectors: product };
}

/** Columns to length 1, in two steps: the first one keeps squares in range. */
function normalise({ data, shape: [n] }: FloatingArray, im: Float64Array): void {
  const largest = new Float64Array(n);
  const squares = new Float64Array(n);
  const together = (sums: Float64Array, add: (one: number, other: number) => number) => {
    for (let j = 0; j < n; j += 1) if (im[j] > 0) sums[j] = sums[j + 1] = add(sums[j], sums[j + 1]);
  };
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) largest[j] = Math.max(largest[j], Math.abs(data[i * n + j]));
  }
  together(largest, Math.max);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      const at = i * n + j;
      data[at] /= largest[j];
      squares[j] += data[at] * data[at];
    }
  }
  together(squares, (one, other) => one + other);
  for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) data[i * n + j] /= Math.sqrt(squares[j]);
}
