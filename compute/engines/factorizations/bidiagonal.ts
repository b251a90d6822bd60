import type { FloatingArray } from "@sluice/contract/array";
import { cube, square } from "../../math/powers.ts";
import { addTo, dot, reflection } from "./spectral-kit.ts";

export interface Bidiagonal {
  readonly diagonal: Float64Array;
  /** Element i is right of diagonal i; one more, which is zero. */
  readonly beside: Float64Array;
  readonly leftTaus: Float64Array;
  readonly rightTaus: Float64Array;
}

/**
 * A square matrix to upper bidiagonal form by reflections from both sides, as LAPACK's dgebd2. Afterwards the left
 * reflector k is in column k below the diagonal, the right one in row k right of column k + 1.
 */
export function bidiagonalise(
  { data, shape: [n] }: FloatingArray,
  onFraction: (done: number) => void,
): Bidiagonal {
  const [diagonal, beside] = [new Float64Array(n), new Float64Array(n)];
  const [leftTaus, rightTaus] = [new Float64Array(n), new Float64Array(Math.max(0, n - 1))];
  const [w, u] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k += 1) {
    let squares = 0;
    for (let i = k + 1; i < n; i += 1) squares += square(data[i * n + k]);
    const left = reflection(data[k * n + k], squares);
    diagonal[k] = left.beta;
    leftTaus[k] = left.tau;
    const first = k + 1;
    const rest = n - first;
    if (rest === 0) break;
    // w = tau · vᵀA, taken from each row below together with the right reflection, which needs row k alone.
    w.fill(0, first);
    if (left.tau !== 0) {
      addTo(w, first, data, k * n + first, 1, rest);
      for (let i = first; i < n; i += 1) {
        data[i * n + k] *= left.scale;
        addTo(w, first, data, i * n + first, data[i * n + k], rest);
      }
      addTo(data, k * n + first, w, first, -left.tau, rest);
    }
    const row = k * n + first;
    const right = reflection(data[row], dot(data, row + 1, data, row + 1, rest - 1));
    beside[k] = right.beta;
    rightTaus[k] = right.tau;
    u[first] = 1;
    for (let j = 1; j < rest; j += 1) {
      u[first + j] = data[row + j] * right.scale;
      data[row + j] = u[first + j];
    }
    for (let i = first; i < n; i += 1) {
      const at = i * n + first;
      if (left.tau !== 0) addTo(data, at, w, first, -left.tau * data[i * n + k], rest);
      if (right.tau !== 0) addTo(data, at, u, first, -right.tau * dot(data, at, u, first, rest), rest);
    }
    if (k % 16 === 0) onFraction(1 - cube(1 - k / n));
  }
  return { diagonal, beside, leftTaus, rightTaus };
}
