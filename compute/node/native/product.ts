import { mostColumns, mostRows, mostTerms } from "../../engines/native/scratch.ts";
import type { Extents } from "../../engines/wasm/gemm.ts";
import type { OnFraction } from "../../model/on-fraction.ts";
import { asItIs, type Floats, type OpenBlas, rowMajor } from "./openblas.ts";

/** Equal blocks: a last one of a single row would cost as much packing as a whole one. */
export const blockOf = (extent: number, most: number): number =>
  Math.ceil(extent / Math.max(1, Math.ceil(extent / most)));

export type { Extents };

/** Elements of a matrix, rows `stride` elements apart, from the view's start on. */
export interface Tile {
  readonly data: Floats;
  readonly stride: number;
}

/** A factor, block by block. */
export interface Source {
  tile(row: number, rows: number, column: number, columns: number): Tile;
}

/** Where a product goes, block by block. */
export interface Target {
  /** The planes of a block; `add` when they hold the sums of the terms before. */
  open(
    row: number,
    rows: number,
    column: number,
    columns: number,
    first: boolean,
  ): { planes: readonly Tile[]; add: boolean };
  /** The sums of these terms are in the planes. */
  close(row: number, rows: number, column: number, columns: number, first: boolean): void;
}

/** C = A · B, or C += A · B. */
export type TileGemm = (extents: Extents, a: Tile, b: Tile, c: Tile, add: boolean) => void;

export const doubles =
  ({ dgemm }: OpenBlas): TileGemm =>
  ({ m, n, k }, a, b, c, add) =>
    dgemm(
      ...([rowMajor, asItIs, asItIs] as const),
      ...([m, n, k, 1, a.data, a.stride, b.data, b.stride, add ? 1 : 0, c.data, c.stride] as const),
    );

export const singles =
  ({ sgemm }: OpenBlas): TileGemm =>
  ({ m, n, k }, a, b, c, add) =>
    sgemm(
      ...([rowMajor, asItIs, asItIs] as const),
      ...([m, n, k, 1, a.data, a.stride, b.data, b.stride, add ? 1 : 0, c.data, c.stride] as const),
    );

const [zero, one] = [Float64Array.of(0, 0), Float64Array.of(1, 0)];

export const complexes =
  ({ zgemm }: OpenBlas): TileGemm =>
  ({ m, n, k }, a, b, c, add) =>
    zgemm(
      ...([rowMajor, asItIs, asItIs] as const),
      ...([m, n, k, one, a.data, a.stride, b.data, b.stride, add ? one : zero, c.data, c.stride] as const),
    );

/** Factors and where their product goes. */
export interface Operands {
  readonly lefts: readonly Source[];
  readonly right: Source;
  readonly target: Target;
}

/**
 * Each left factor times the right one, into the plane of the same index. The order of the sums depends on the
 * extents, the library and its threads.
 */
export function product(
  gemm: TileGemm,
  { m, n, k }: Extents,
  { lefts, right, target }: Operands,
  onFraction: OnFraction,
): void {
  const [rowStep, columnStep, termStep] = [
    blockOf(m, mostRows),
    blockOf(n, mostColumns),
    blockOf(k, mostTerms),
  ];
  let done = 0;
  for (let column = 0; column < n; column += columnStep) {
    const columns = Math.min(columnStep, n - column);
    for (let term = 0; term < k; term += termStep) {
      const terms = Math.min(termStep, k - term);
      const b = right.tile(term, terms, column, columns);
      for (let row = 0; row < m; row += rowStep) {
        const rows = Math.min(rowStep, m - row);
        const first = term === 0;
        const { planes, add } = target.open(row, rows, column, columns, first);
        for (const [index, left] of lefts.entries()) {
          const a = left.tile(row, rows, term, terms);
          gemm({ m: rows, n: columns, k: terms }, a, b, planes[index], add);
        }
        target.close(row, rows, column, columns, first);
        done += rows * columns * terms;
        onFraction(done / (m * n * k));
      }
    }
  }
}
