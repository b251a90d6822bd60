import type { FloatingArray } from "@sluice/contract/array";
import { hypot } from "../../math/hypot.ts";
import { square } from "../../math/powers.ts";
import { noConvergence } from "./no-convergence.ts";
import type { SpectralKit } from "./spectral-kit.ts";

const eps = 2 ** -53;
/** Relative, of each singular value: LAPACK's for double precision. */
const tolerance = 98 * eps;
/** Sweeps for all, per row. */
const mostSweeps = 60;

type Rotation = [c: number, s: number, r: number];

/** c·f + s·g = r, c·g - s·f = 0. */
function rotation(f: number, g: number): Rotation {
  if (g === 0) return [1, 0, f];
  if (f === 0) return [0, 1, g];
  const r = hypot(f, g);
  return [f / r, g / r, r];
}

/** The smaller singular value of [[f, g], [0, h]], as LAPACK's dlas2. */
function smallerSingularValue(f: number, g: number, h: number): number {
  const [fa, ga, ha] = [Math.abs(f), Math.abs(g), Math.abs(h)];
  const [least, most] = [Math.min(fa, ha), Math.max(fa, ha)];
  if (least === 0) return 0;
  const as = 1 + least / most;
  const at = (most - least) / most;
  if (ga < most) {
    const au = square(ga / most);
    return least * (2 / (Math.sqrt(as * as + au) + Math.sqrt(at * at + au)));
  }
  const au = most / ga;
  if (au === 0) return (least * most) / ga;
  const c = 1 / (Math.sqrt(1 + square(as * au)) + Math.sqrt(1 + square(at * au)));
  return 2 * (least * c * au);
}

/** The rotations of one sweep: rows low + i and the next, from the top or from the bottom. */
interface Sweep {
  readonly first: number;
  readonly step: 1 | -1;
  readonly count: number;
  /** Of U's and of V's transposes. */
  readonly left: Float64Array;
  readonly right: Float64Array;
}

class Bidiagonals {
  readonly d: Float64Array;
  readonly e: Float64Array;
  readonly #left: Float64Array;
  readonly #right: Float64Array;

  constructor(d: Float64Array, e: Float64Array) {
    this.d = d;
    this.e = e;
    this.#left = new Float64Array(2 * d.length);
    this.#right = new Float64Array(2 * d.length);
  }

  #note(i: number, left: readonly [number, number], right: readonly [number, number]): void {
    this.#left.set(left, 2 * i);
    this.#right.set(right, 2 * i);
  }

  /** A sweep from the top down; without a shift it is Demmel and Kahan's (1990), exact in the small values. */
  down(low: number, high: number, shift: number): Sweep {
    const { d, e } = this;
    if (shift === 0) {
      let [c, oldC, oldS] = [1, 1, 0];
      for (let i = low; i < high; i += 1) {
        const [rc, rs, r] = rotation(d[i] * c, e[i]);
        if (i > low) e[i - 1] = oldS * r;
        const [lc, ls, value] = rotation(oldC * r, d[i + 1] * rs);
        d[i] = value;
        [c, oldC, oldS] = [rc, lc, ls];
        this.#note(i - low, [lc, ls], [rc, rs]);
      }
      const h = d[high] * c;
      d[high] = h * oldC;
      e[high - 1] = h * oldS;
    } else {
      let f = (Math.abs(d[low]) - shift) * (Math.sign(d[low]) + shift / d[low]);
      let g = e[low];
      for (let i = low; i < high; i += 1) {
        const [rc, rs, r] = rotation(f, g);
        if (i > low) e[i - 1] = r;
        f = rc * d[i] + rs * e[i];
        e[i] = rc * e[i] - rs * d[i];
        g = rs * d[i + 1];
        d[i + 1] *= rc;
        const [lc, ls, value] = rotation(f, g);
        d[i] = value;
        f = lc * e[i] + ls * d[i + 1];
        d[i + 1] = lc * d[i + 1] - ls * e[i];
        if (i < high - 1) {
          g = ls * e[i + 1];
          e[i + 1] *= lc;
        }
        this.#note(i - low, [lc, ls], [rc, rs]);
      }
      e[high - 1] = f;
    }
    return { first: low, step: 1, count: high - low, left: this.#left, right: this.#right };
  }

  /** The same from the bottom up, for a block that grows downwards. */
  up(low: number, high: number, shift: number): Sweep {
    const { d, e } = this;
    if (shift === 0) {
      let [c, oldC, oldS] = [1, 1, 0];
      for (let i = high; i > low; i -= 1) {
        const [lc, ls, r] = rotation(d[i] * c, e[i - 1]);
        if (i < high) e[i] = oldS * r;
        const [rc, rs, value] = rotation(oldC * r, d[i - 1] * ls);
        d[i] = value;
        [c, oldC, oldS] = [lc, rc, rs];
        this.#note(high - i, [lc, -ls], [rc, -rs]);
      }
      const h = d[low] * c;
      d[low] = h * oldC;
      e[low] = h * oldS;
    } else {
      let f = (Math.abs(d[high]) - shift) * (Math.sign(d[high]) + shift / d[high]);
      let g = e[high - 1];
      for (let i = high; i > low; i -= 1) {
        const [lc, ls, r] = rotation(f, g);
        if (i < high) e[i] = r;
        f = lc * d[i] + ls * e[i - 1];
        e[i - 1] = lc * e[i - 1] - ls * d[i];
        g = ls * d[i - 1];
        d[i - 1] *= lc;
        const [rc, rs, value] = rotation(f, g);
        d[i] = value;
        f = rc * e[i - 1] + rs * d[i - 1];
        d[i - 1] = rc * d[i - 1] - rs * e[i - 1];
        if (i > low + 1) {
          g = rs * e[i - 2];
          e[i - 2] *= rc;
        }
        this.#note(high - i, [lc, -ls], [rc, -rs]);
      }
      e[low] = f;
    }
    return { first: high - 1, step: -1, count: high - low, left: this.#left, right: this.#right };
  }

  /**
   * Looks for a negligible element beside the diagonal, by a bound of the smallest singular value that grows along
   * the block; drops it and answers true, else the bound.
   */
  split(low: number, high: number, isDown: boolean): number | true {
    const { d, e } = this;
    const last = isDown ? high : low;
    const lastBeside = isDown ? high - 1 : low;
    if (Math.abs(e[lastBeside]) <= tolerance * Math.abs(d[last])) {
      e[lastBeside] = 0;
      return true;
    }
    let bound = Math.abs(d[isDown ? low : high]);
    let least = bound;
    for (let step = 0; step < high - low; step += 1) {
      const at = isDown ? low + step : high - 1 - step;
      if (Math.abs(e[at]) <= tolerance * bound) {
        e[at] = 0;
        return true;
      }
      bound = Math.abs(d[isDown ? at + 1 : at]) * (bound / (bound + Math.abs(e[at])));
      least = Math.min(least, bound);
    }
    return least;
  }

  /** The shift of the next sweep; 0 where one would cost the small values their accuracy. */
  shift(low: number, high: number, least: number, isDown: boolean): number {
    const { d, e } = this;
    let most = 0;
    for (let i = low; i <= high; i += 1)
      most = Math.max(most, Math.abs(d[i]), Math.abs(e[i]) * Number(i < high));
    const n = d.length;
    if (n * tolerance * (least / most) <= Math.max(eps, 0.01 * tolerance)) return 0;
    const start = Math.abs(d[isDown ? low : high]);
    const shift = isDown
      ? smallerSingularValue(d[high - 1], e[high - 1], d[high])
      : smallerSingularValue(d[low], e[low], d[low + 1]);
    return start > 0 && square(shift / start) < eps ? 0 : shift;
  }
}

/**
 * Singular values of an upper bidiagonal matrix in place of its diagonal, not in order and of either sign, by the
 * implicit QR steps of LAPACK's dbdsqr. The rows of `u` and `v` are rotated along: what were identities become the
 * transposed singular vectors.
 * @throws Problem no-convergence
 */
export function implicitQr(
  d: Float64Array,
  e: Float64Array,
  u: FloatingArray | undefined,
  v: FloatingArray | undefined,
  kit: Pick<SpectralKit, "rotateRows" | "onFraction">,
): void {
  const n = d.length;
  const matrix = new Bidiagonals(d, e);
  const threshold = leastOf(d, e);
  let [oldLow, oldHigh, isDown] = [-1, -1, true];
  let high = n - 1;
  for (let sweeps = 0; high > 0; ) {
    let low = high;
    while (low > 0 && Math.abs(e[low - 1]) > threshold) low -= 1;
    if (low > 0) e[low - 1] = 0;
    if (low === high) {
      high -= 1;
      kit.onFraction(1 - high / n);
      continue;
    }
    if (low > oldHigh || high < oldLow) isDown = Math.abs(d[low]) >= Math.abs(d[high]);
    [oldLow, oldHigh] = [low, high];
    const least = matrix.split(low, high, isDown);
    if (least === true) continue;
    sweeps += 1;
    if (sweeps > mostSweeps * n) throw noConvergence("singular value", high + 1, n);
    const shift = matrix.shift(low, high, least, isDown);
    const sweep = isDown ? matrix.down(low, high, shift) : matrix.up(low, high, shift);
    if (u) kit.rotateRows(u, sweep.first, sweep.step, sweep.count, sweep.left);
    if (v) kit.rotateRows(v, sweep.first, sweep.step, sweep.count, sweep.right);
  }
}

/** What is negligible beside the smallest singular value, or beside the smallest number. */
function leastOf(d: Float64Array, e: Float64Array): number {
  const n = d.length;
  let bound = n > 0 ? Math.abs(d[0]) : 0;
  let least = bound;
  for (let i = 1; i < n && least > 0; i += 1) {
    bound = Math.abs(d[i]) * (bound / (bound + Math.abs(e[i - 1])));
    least = Math.min(least, bound);
  }
  return Math.max((tolerance * least) / Math.sqrt(Math.max(1, n)), n * n * 2 ** -1022);
}
