import type { FloatingArray } from "@sluice/contract/array";
import { hypot } from "../../math/hypot.ts";
import { square } from "../../math/powers.ts";
import { noConvergence } from "./no-convergence.ts";
import { reflectRows } from "./reflect-rows.ts";

const eps = 2 ** -52;
/** Steps for one eigenvalue; three are usual. */
const mostSteps = 120;

export interface Spectrum {
  readonly re: Float64Array;
  /** Pairs side by side, the positive one first. */
  readonly im: Float64Array;
}

/** Implicit double-shift QR of an upper Hessenberg matrix, as EISPACK's hqr2. */
class DoubleShift {
  readonly #h: Float64Array | Float32Array;
  readonly #n: number;
  /** Transposed Schur vectors, so that theirs are rows. */
  readonly #v: Float64Array | Float32Array | undefined;
  readonly re: Float64Array;
  readonly im: Float64Array;
  #norm = 0;
  /** What exceptional shifts took from the diagonal. */
  #taken = 0;

  constructor(h: FloatingArray, v: FloatingArray | undefined) {
    this.#h = h.data;
    this.#n = h.shape[0];
    this.#v = v?.data;
    this.re = new Float64Array(this.#n);
    this.im = new Float64Array(this.#n);
    for (let i = 0; i < this.#n; i += 1) {
      for (let j = Math.max(0, i - 1); j < this.#n; j += 1) this.#norm += Math.abs(this.#at(i, j));
    }
  }

  #at(i: number, j: number): number {
    return this.#h[i * this.#n + j];
  }

  #add(i: number, change: number): void {
    this.#h[i * (this.#n + 1)] += change;
  }

  run(onFraction: (done: number) => void): Spectrum {
    const n = this.#n;
    let high = n - 1;
    let steps = 0;
    while (high >= 0) {
      const low = this.#split(high);
      if (low >= high - 1) {
        if (low === high) this.#single(high);
        else this.#pair(high);
        high = low - 1;
        steps = 0;
        onFraction(1 - square((high + 1) / n));
        continue;
      }
      if (steps === mostSteps) throw noConvergence("eigenvalue", high + 1, n);
      this.#step(low, high, steps);
      steps += 1;
    }
    return { re: this.re, im: this.im };
  }

  /** Where the block that ends at `high` begins. */
  #split(high: number): number {
    for (let low = high; low > 0; low -= 1) {
      const beside = Math.abs(this.#at(low - 1, low - 1)) + Math.abs(this.#at(low, low));
      if (Math.abs(this.#at(low, low - 1)) < eps * (beside === 0 ? this.#norm : beside)) {
        this.#h[low * this.#n + low - 1] = 0;
        return low;
      }
      // Of a zero matrix nothing is less than zero.
      if (this.#at(low, low - 1) === 0) return low;
    }
    return 0;
  }

  #single(i: number): void {
    this.#add(i, this.#taken);
    this.re[i] = this.#at(i, i);
  }

  /** The two eigenvalues of a 2×2 block; real ones make it triangular. */
  #pair(high: number): void {
    const low = high - 1;
    const w = this.#at(high, low) * this.#at(low, high);
    const p = (this.#at(low, low) - this.#at(high, high)) / 2;
    const q = p * p + w;
    const root = Math.sqrt(Math.abs(q));
    this.#add(low, this.#taken);
    this.#add(high, this.#taken);
    const x = this.#at(high, high);
    if (q < 0) {
      this.re.fill(x + p, low, high + 1);
      [this.im[low], this.im[high]] = [root, -root];
      return;
    }
    const z = p + (p >= 0 ? root : -root);
    this.re[low] = x + z;
    this.re[high] = z === 0 ? x + z : x - w / z;
    const below = this.#at(high, low);
    const size = hypot(below, z);
    if (size > 0) this.#rotate(low, z / size, below / size);
    this.#h[high * this.#n + low] = 0;
  }

  #rotate(k: number, c: number, s: number): void {
    const n = this.#n;
    const rows = (m: Float64Array | Float32Array, first: number) => {
      for (let j = first; j < n; j += 1) {
        const [x, y] = [m[k * n + j], m[(k + 1) * n + j]];
        m[k * n + j] = c * x + s * y;
        m[(k + 1) * n + j] = c * y - s * x;
      }
    };
    rows(this.#h, k);
    for (let i = 0; i <= k + 1; i += 1) {
      const [x, y] = [this.#at(i, k), this.#at(i, k + 1)];
      this.#h[i * n + k] = c * x + s * y;
      this.#h[i * n + k + 1] = c * y - s * x;
    }
    if (this.#v) rows(this.#v, 0);
  }

  /** Sum, sum and product of the two shifts, exceptional ones when those of the corner lead nowhere. */
  #shifts(high: number, steps: number): readonly [x: number, y: number, w: number] {
    const take = (amount: number) => {
      this.#taken += amount;
      for (let i = 0; i <= high; i += 1) this.#add(i, -amount);
    };
    const [x, y] = [this.#at(high, high), this.#at(high - 1, high - 1)];
    const w = this.#at(high, high - 1) * this.#at(high - 1, high);
    if (steps % 20 === 10) {
      take(x);
      const s = Math.abs(this.#at(high, high - 1)) + Math.abs(this.#at(high - 1, high - 2));
      return [0.75 * s, 0.75 * s, -0.4375 * s * s];
    }
    if (steps % 30 === 29) {
      const radicand = square((y - x) / 2) + w;
      if (radicand > 0) {
        const root = y < x ? -Math.sqrt(radicand) : Math.sqrt(radicand);
        take(x - w / ((y - x) / 2 + root));
        return [0.964, 0.964, 0.964];
      }
    }
    return [x, y, w];
  }

  #step(low: number, high: number, steps: number): void {
    const [x, y, w] = this.#shifts(high, steps);
    const n = this.#n;
    let [p, q, r] = [0, 0, 0];
    let m = high - 2;
    for (; m >= low; m -= 1) {
      const z = this.#at(m, m);
      const [dx, dy] = [x - z, y - z];
      p = (dx * dy - w) / this.#at(m + 1, m) + this.#at(m, m + 1);
      q = this.#at(m + 1, m + 1) - z - dx - dy;
      r = this.#at(m + 2, m + 1);
      const size = Math.abs(p) + Math.abs(q) + Math.abs(r);
      [p, q, r] = [p / size, q / size, r / size];
      if (m === low) break;
      const around = Math.abs(this.#at(m - 1, m - 1)) + Math.abs(z) + Math.abs(this.#at(m + 1, m + 1));
      if (Math.abs(this.#at(m, m - 1)) * (Math.abs(q) + Math.abs(r)) < eps * Math.abs(p) * around) break;
    }
    for (let i = m + 2; i <= high; i += 1) {
      this.#h[i * n + i - 2] = 0;
      if (i > m + 2) this.#h[i * n + i - 3] = 0;
    }
    for (let k = m; k < high; k += 1) {
      const three = k !== high - 1;
      let size = 1;
      if (k !== m) {
        p = this.#at(k, k - 1);
        q = this.#at(k + 1, k - 1);
        r = three ? this.#at(k + 2, k - 1) : 0;
        size = Math.abs(p) + Math.abs(q) + Math.abs(r);
        if (size === 0) return;
        [p, q, r] = [p / size, q / size, r / size];
      }
      if (!three) r = 0;
      const s = Math.sqrt(p * p + q * q + r * r) * (p < 0 ? -1 : 1);
      if (s === 0) continue;
      if (k !== m) this.#h[k * n + k - 1] = -s * size;
      else if (low !== m) this.#h[k * n + k - 1] = -this.#at(k, k - 1);
      p += s;
      this.#reflect(k, low, high, three, [p / s, q / s, r / s], [q / p, r / p]);
    }
  }

  /** The reflection of two or three rows, then columns; without vectors within the block alone. */
  #reflect(
    k: number,
    low: number,
    high: number,
    three: boolean,
    [x, y, z]: readonly [number, number, number],
    [q, r]: readonly [number, number],
  ): void {
    const n = this.#n;
    const h = this.#h;
    const v = this.#v;
    reflectRows(h, k * n, n, k, v ? n : high + 1, three, x, y, z, q, r);
    if (v) reflectRows(v, k * n, n, 0, n, three, x, y, z, q, r);
    const end = Math.min(high, k + 3);
    for (let i = v ? 0 : low; i <= end; i += 1) {
      const at = i * n + k;
      let p = x * h[at] + y * h[at + 1];
      if (three) {
        p += z * h[at + 2];
        h[at + 2] -= p * r;
      }
      h[at] -= p;
      h[at + 1] -= p * q;
    }
  }
}

/**
 * Eigenvalues of an upper Hessenberg matrix, which becomes quasi-triangular where `v` is given: the identity there
 * becomes the transposed Schur vectors. Without it only the eigenvalues are right afterwards.
 * @throws Problem no-convergence
 */
export function francis(
  h: FloatingArray,
  v: FloatingArray | undefined,
  onFraction: (done: number) => void,
): Spectrum {
  return new DoubleShift(h, v).run(onFraction);
}
