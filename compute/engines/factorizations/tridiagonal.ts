import type { FloatingArray } from "@sluice/contract/array";
import { cube, square } from "../../math/powers.ts";
import { addTo, dot, reflection } from "./spectral-kit.ts";

export interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Element i is beside diagonal i and i + 1; one more, which is zero. */
  readonly beside: Float64Array;
  readonly taus: Float64Array;
}

/**
 * A symmetric matrix to tridiagonal form by Householder reflections, as LAPACK's dsytd2 for the lower half: QᵀAQ = T.
 * Reads the lower half; afterwards reflector k is in column k below row k + 1.
 */
export function tridiagonalise(
  { data, shape: [n] }: FloatingArray,
  onFraction: (done: number) => void,
): Tridiagonal {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const taus = new Float64Array(Math.max(0, n - 1));
  const [v, w] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n - 1; k += 1) {
    diagonal[k] = data[k * n + k];
    let squares = 0;
    for (let i = k + 2; i < n; i += 1) squares += square(data[i * n + k]);
    const { beta, tau, scale } = reflection(data[(k + 1) * n + k], squares);
    beside[k] = beta;
    taus[k] = tau;
    if (tau === 0) continue;
    v[k + 1] = 1;
    for (let i = k + 2; i < n; i += 1) {
      v[i] = data[i * n + k] * scale;
      data[i * n + k] = v[i];
    }
    reduce(data, n, k + 1, v, w, tau);
    if (k % 16 === 0) onFraction(1 - cube(1 - k / n));
  }
  if (n > 0) diagonal[n - 1] = data[n * n - 1];
  return { diagonal, beside, taus };
}

/** Lower half from `first` on: A -= v·wᵀ + w·vᵀ with w = tau·A·v - tau/2 · (tau·vᵀA·v)·v. */
function reduce(
  data: Float64Array | Float32Array,
  n: number,
  first: number,
  v: Float64Array,
  w: Float64Array,
  tau: number,
): void {
  w.fill(0, first);
  for (let i = first; i < n; i += 1) {
    const row = i * n + first;
    const before = i - first;
    w[i] += dot(data, row, v, first, before) + data[row + before] * v[i];
    addTo(w, first, data, row, v[i], before);
  }
  const half = (-tau * tau * dot(w, first, v, first, n - first)) / 2;
  for (let i = first; i < n; i += 1) w[i] = tau * w[i] + half * v[i];
  for (let i = first; i < n; i += 1) {
    const row = i * n;
    const [x, y] = [v[i], w[i]];
    for (let j = first; j <= i; j += 1) data[row + j] -= x * w[j] + y * v[j];
  }
}
