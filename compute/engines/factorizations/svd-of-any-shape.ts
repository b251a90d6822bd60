import type { FloatingArray } from "@sluice/contract/array";
import type { QrMode, SvdVectors } from "../linear-algebra.ts";
import type { SpectralKit } from "./spectral-kit.ts";
import { squareSvd } from "./svd.ts";

export interface Svd {
  readonly u: FloatingArray | undefined;
  readonly s: Float64Array;
  readonly vh: FloatingArray | undefined;
}

/** What a decomposition may leave to other parts of its engine. */
export interface FullKit extends SpectralKit {
  matmul(a: FloatingArray, b: FloatingArray): FloatingArray;
  qr(a: FloatingArray, mode: QrMode): { readonly q?: FloatingArray; readonly r: FloatingArray };
}

function transposed(a: FloatingArray, kit: SpectralKit): FloatingArray {
  const [m, n] = a.shape;
  const result = kit.matrix(n, m);
  for (let i = 0; i < m; i += 1) for (let j = 0; j < n; j += 1) result.data[j * m + i] = a.data[i * n + j];
  return result;
}

/** The first columns of a matrix. */
function firstColumns(a: FloatingArray, columns: number, kit: SpectralKit): FloatingArray {
  const [m, n] = a.shape;
  const result = kit.matrix(m, columns);
  for (let i = 0; i < m; i += 1) result.data.set(a.data.subarray(i * n, i * n + columns), i * columns);
  return result;
}

/** At least as many rows as columns; V, not Vᵀ. */
function tallSvd(a: FloatingArray, vectors: SvdVectors, kit: FullKit) {
  const [m, n] = a.shape;
  if (m === n) return squareSvd(a, vectors !== "none", kit);
  const mode = { none: "r", reduced: "reduced", full: "complete" } as const;
  const { q, r } = kit.qr(a, mode[vectors]);
  const core: FloatingArray = { shape: [n, n], dtype: "float64", data: r.data.subarray(0, n * n) };
  const { s, u, v } = squareSvd(core, vectors !== "none", kit);
  kit.release(r);
  if (!q || !u) return { s, u: undefined, v: undefined };
  if (vectors === "reduced") {
    const result = kit.matmul(q, u);
    kit.release(q);
    kit.release(u);
    return { s, u: result, v };
  }
  // The columns of q beyond the n-th span the rest already.
  const first = firstColumns(q, n, kit);
  const product = kit.matmul(first, u);
  for (let i = 0; i < m; i += 1) q.data.set(product.data.subarray(i * n, (i + 1) * n), i * m);
  for (const used of [first, product, u]) kit.release(used);
  return { s, u: q, v };
}

/**
 * A = U·S·Vᵀ of a real m×n matrix, by way of QR where it is not square. `reduced` gives min(m, n) columns of U and
 * rows of Vᵀ, `full` all.
 * @throws Problem no-convergence
 */
export function svd(a: FloatingArray, vectors: SvdVectors, kit: FullKit): Svd {
  const [m, n] = a.shape;
  if (m >= n) {
    const { u, s, v } = tallSvd(a, vectors, kit);
    if (!v) return { u: undefined, s, vh: undefined };
    const vh = transposed(v, kit);
    kit.release(v);
    return { u, s, vh };
  }
  const mirrored = transposed(a, kit);
  const { u, s, v } = tallSvd(mirrored, vectors, kit);
  kit.release(mirrored);
  if (!u) return { u: undefined, s, vh: undefined };
  const vh = transposed(u, kit);
  kit.release(u);
  return { u: v, s, vh };
}
