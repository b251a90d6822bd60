import type { FloatingArray } from "@sluice/contract/array";
import { negligibleSquare } from "./range-scale.ts";

/** What spectral decompositions leave to an engine: the O(n³) work on vectors, as opposed to finding out what to do. */
export interface SpectralKit {
  /** A new float64 matrix, zeroed. */
  matrix(rows: number, columns: number): FloatingArray;
  release(matrix: FloatingArray): void;
  /**
   * Rows first + i·step and the one after, for i < count, become c·x + s·y and c·y - s·x, one pair after the other;
   * c and s of pair i are factors[2i] and factors[2i + 1].
   */
  rotateRows(z: FloatingArray, first: number, step: 1 | -1, count: number, factors: Float64Array): void;
  /**
   * `target` becomes H₀·H₁ ⋯ · `target`, where reflector k is column k of `work` below row k + offset, where it is 1.
   */
  applyReflections(work: FloatingArray, taus: Float64Array, offset: number, target: FloatingArray): void;
  /** Told the finished fraction of the decomposition. */
  onFraction(fraction: number): void;
}

/** As described there, in plain loops. */
export function rotateRows(
  { data, shape }: FloatingArray,
  first: number,
  step: 1 | -1,
  count: number,
  factors: Float64Array,
): void {
  const columns = shape[1];
  for (let i = 0; i < count; i += 1) {
    const [c, s] = [factors[2 * i], factors[2 * i + 1]];
    const x = (first + i * step) * columns;
    const y = x + columns;
    for (let j = 0; j < columns; j += 1) {
      const [p, q] = [data[x + j], data[y + j]];
      data[x + j] = c * p + s * q;
      data[y + j] = c * q - s * p;
    }
  }
}

/** As described there, in plain loops. */
export function applyReflections(
  { data, shape: [rows, width] }: FloatingArray,
  taus: Float64Array,
  offset: number,
  { data: out, shape: [, columns] }: FloatingArray,
): void {
  const sums = new Float64Array(columns);
  for (let k = taus.length - 1; k >= 0; k -= 1) {
    const top = k + offset;
    const factor = (i: number) => (i === top ? 1 : data[i * width + k]);
    sums.fill(0);
    for (let i = top; i < rows; i += 1) addTo(sums, 0, out, i * columns, factor(i), columns);
    for (let i = top; i < rows; i += 1) addTo(out, i * columns, sums, 0, -taus[k] * factor(i), columns);
  }
}

type Floats = Float64Array | Float32Array;

/** x[to …] += f · y[from …]. */
export function addTo(x: Floats, to: number, y: Floats, from: number, f: number, count: number): void {
  for (let j = 0; j < count; j += 1) x[to + j] += f * y[from + j];
}

export function dot(x: Floats, from: number, y: Floats, at: number, count: number): number {
  // Four sums: one would wait for itself.
  let [a, b, c, d] = [0, 0, 0, 0];
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    a += x[from + j] * y[at + j];
    b += x[from + j + 1] * y[at + j + 1];
    c += x[from + j + 2] * y[at + j + 2];
    d += x[from + j + 3] * y[at + j + 3];
  }
  for (; j < count; j += 1) a += x[from + j] * y[at + j];
  return a + b + (c + d);
}

/**
 * The reflection that makes (alpha, x) to (beta, 0): its vector is (1, x · scale). Squares must be in range.
 * @param square Σ x²
 */
export function reflection(alpha: number, square: number): { beta: number; tau: number; scale: number } {
  if (square === 0 || alpha * alpha + square < negligibleSquare) return { beta: alpha, tau: 0, scale: 0 };
  const norm = Math.sqrt(alpha * alpha + square);
  const beta = alpha < 0 || Object.is(alpha, -0) ? norm : -norm;
  return { beta, tau: (beta - alpha) / beta, scale: 1 / (alpha - beta) };
}

/** Bᵀ of a square matrix, in place. */
export function transposeInPlace({ data, shape: [n] }: FloatingArray): void {
  const tile = 16;
  for (let top = 0; top < n; top += tile) {
    for (let left = top; left < n; left += tile) {
      for (let i = top; i < Math.min(n, top + tile); i += 1) {
        for (let j = Math.max(i + 1, left); j < Math.min(n, left + tile); j += 1) {
          const kept = data[i * n + j];
          data[i * n + j] = data[j * n + i];
          data[j * n + i] = kept;
        }
      }
    }
  }
}
