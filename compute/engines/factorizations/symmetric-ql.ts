import type { FloatingArray } from "@sluice/contract/array";
import { noConvergence } from "./no-convergence.ts";
import type { SpectralKit } from "./spectral-kit.ts";

/** Of one eigenvalue; two are usual. */
const mostSweeps = 80;
const eps = 2 ** -53;

/**
 * Eigenvalues of a symmetric tridiagonal matrix in place of its diagonal, by implicit QL steps (Dubrulle, Martin and
 * Wilkinson 1968), not in order. `z`, where given, has its rows rotated along: what was the identity becomes the
 * eigenvectors.
 * @throws Problem no-convergence
 */
export function implicitQl(
  d: Float64Array,
  e: Float64Array,
  z: FloatingArray | undefined,
  kit: Pick<SpectralKit, "rotateRows" | "onFraction">,
): void {
  const n = d.length;
  const factors = new Float64Array(2 * n);
  let norm = 0;
  for (let i = 0; i < n; i += 1) norm = Math.max(norm, Math.abs(d[i]) + Math.abs(e[i]));
  const floor = norm * 2 ** -200;
  for (let low = 0; low < n; low += 1) {
    for (let sweeps = 0; ; sweeps += 1) {
      let high = low;
      while (high < n - 1 && Math.abs(e[high]) > eps * (Math.abs(d[high]) + Math.abs(d[high + 1])) + floor) {
        high += 1;
      }
      if (high === low) break;
      if (sweeps === mostSweeps) throw noConvergence("eigenvalue", low + 1, n);
      const done = qlStep(d, e, low, high, factors);
      if (z) kit.rotateRows(z, high - 1, -1, done, factors);
    }
    kit.onFraction((low + 1) / n);
  }
}

/** One step on rows low … high; the number of rotations, from high - 1 downwards. */
function qlStep(d: Float64Array, e: Float64Array, low: number, high: number, factors: Float64Array): number {
  let g = (d[low + 1] - d[low]) / (2 * e[low]);
  const root = Math.abs(g) < 1e150 ? Math.sqrt(g * g + 1) : Math.abs(g);
  g = d[high] - d[low] + e[low] / (g + (g < 0 ? -root : root));
  let [s, c, p] = [1, 1, 0];
  for (let i = high - 1; i >= low; i -= 1) {
    const f = s * e[i];
    const b = c * e[i];
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= p;
      e[high] = 0;
      return high - 1 - i;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    const t = (d[i] - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    const at = 2 * (high - 1 - i);
    factors[at] = c;
    factors[at + 1] = -s;
  }
  d[low] -= p;
  e[low] = g;
  e[high] = 0;
  return high - low;
}
