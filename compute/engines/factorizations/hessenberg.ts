import type { FloatingArray } from "@sluice/contract/array";
import { cube, square } from "../../math/powers.ts";
import { addTo, dot, reflection } from "./spectral-kit.ts";

const mostRounds = 30;

/**
 * Makes rows and columns of a square matrix alike in norm, in place, by powers of two: D⁻¹·A·D, as LAPACK's dgebal
 * scales (it also permutes).
 * @returns the diagonal of D
 */
export function balance({ data, shape: [n] }: FloatingArray): Float64Array {
  const scales = new Float64Array(n).fill(1);
  for (let round = 0, again = true; again && round < mostRounds; round += 1) {
    again = false;
    const squares = new Float64Array(n);
    for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) squares[j] += square(data[i * n + j]);
    for (let i = 0; i < n; i += 1) {
      let c = Math.sqrt(squares[i]);
      let r = Math.sqrt(dot(data, i * n, data, i * n, n));
      if (c === 0 || r === 0) continue;
      const before = c + r;
      let f = 1;
      for (; c < r / 2; f *= 2) [c, r] = [c * 2, r / 2];
      for (; c / 2 >= r; f /= 2) [c, r] = [c / 2, r * 2];
      if (c + r >= 0.95 * before || scales[i] * f > 2 ** 500 || scales[i] * f < 2 ** -500) continue;
      again = true;
      scales[i] *= f;
      for (let j = 0; j < n; j += 1) {
        const old = data[i * n + j];
        data[i * n + j] = old / f;
        squares[j] += square(old / f) - square(old);
      }
      for (let j = 0; j < n; j += 1) data[j * n + i] *= f;
      squares[i] = 0;
      for (let j = 0; j < n; j += 1) squares[i] += square(data[j * n + i]);
    }
  }
  return scales;
}

/**
 * A square matrix to upper Hessenberg form by reflections, in place: QᵀAQ = H. Below H's subdiagonal reflector k is
 * in column k below row k + 1.
 * @returns their factors
 */
export function hessenberg(
  { data, shape: [n] }: FloatingArray,
  onFraction: (done: number) => void,
): Float64Array {
  const taus = new Float64Array(Math.max(0, n - 2));
  const [v, w] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n - 2; k += 1) {
    const first = k + 1;
    const rest = n - first;
    let below = 0;
    for (let i = first + 1; i < n; i += 1) below += square(data[i * n + k]);
    const { beta, tau, scale } = reflection(data[first * n + k], below);
    taus[k] = tau;
    if (tau === 0) continue;
    data[first * n + k] = beta;
    v[first] = 1;
    for (let i = first + 1; i < n; i += 1) {
      v[i] = data[i * n + k] * scale;
      data[i * n + k] = v[i];
    }
    w.fill(0, first);
    for (let i = first; i < n; i += 1) addTo(w, first, data, i * n + first, v[i], rest);
    for (let i = 0; i < n; i += 1) {
      const row = i * n + first;
      if (i >= first) addTo(data, row, w, first, -tau * v[i], rest);
      addTo(data, row, v, first, -tau * dot(data, row, v, first, rest), rest);
    }
    if (k % 16 === 0) onFraction(1 - cube(1 - k / n));
  }
  return taus;
}
