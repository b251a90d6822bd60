import type { FloatingArray } from "@sluice/contract/array";
import { bidiagonalise } from "./bidiagonal.ts";
import { permuteRows, sorted } from "./eigh.ts";
import { implicitQr } from "./golub-kahan.ts";
import { rangeScale } from "./range-scale.ts";
import { type SpectralKit, transposeInPlace } from "./spectral-kit.ts";

export interface SquareSvd {
  /** Falling. */
  readonly s: Float64Array;
  /** Orthogonal U and V, not Vᵀ, where asked for. */
  readonly u: FloatingArray | undefined;
  readonly v: FloatingArray | undefined;
}

function identity(n: number, kit: SpectralKit): FloatingArray {
  const matrix = kit.matrix(n, n);
  for (let i = 0; i < n; i += 1) matrix.data[i * n + i] = 1;
  return matrix;
}

/** A copy of a square matrix, times a factor. */
function scaledCopy(a: FloatingArray, factor: number, kit: SpectralKit): FloatingArray {
  const copy = kit.matrix(a.shape[0], a.shape[1]);
  for (let index = 0; index < copy.data.length; index += 1) copy.data[index] = factor * a.data[index];
  return copy;
}

/**
 * A = U·S·Vᵀ of a real square matrix: reflections to bidiagonal, implicit QR, reflections back.
 * @throws Problem no-convergence
 */
export function squareSvd(a: FloatingArray, vectors: boolean, kit: SpectralKit): SquareSvd {
  const [n] = a.shape;
  const scale = rangeScale(a.data);
  const work = scaledCopy(a, scale, kit);
  const { diagonal, beside, leftTaus, rightTaus } = bidiagonalise(work, (done) => kit.onFraction(0.4 * done));
  const [u, v] = vectors ? [identity(n, kit), identity(n, kit)] : [undefined, undefined];
  implicitQr(diagonal, beside, u, v, {
    rotateRows: kit.rotateRows,
    onFraction: (done) => kit.onFraction(0.4 + 0.5 * done),
  });
  for (let i = 0; i < n; i += 1) {
    if (diagonal[i] >= 0 && !Object.is(diagonal[i], -0)) continue;
    diagonal[i] = -diagonal[i];
    if (v) for (let j = 0; j < n; j += 1) v.data[i * n + j] = -v.data[i * n + j];
  }
  const order = sorted(diagonal, (one, other) => other - one);
  const s = Float64Array.from(order, (index) => diagonal[index] / scale);
  if (u && v) {
    for (const matrix of [u, v]) {
      permuteRows(matrix, order);
      transposeInPlace(matrix);
    }
    kit.applyReflections(work, leftTaus, 0, u);
    transposeInPlace(work);
    kit.applyReflections(work, rightTaus, 1, v);
  }
  kit.release(work);
  return { s, u, v };
}
