import type { OnFraction } from "../engine.ts";
import type { Block, Operand, Workspace } from "./staging.ts";

/** Rows of A packed at a time: with the usual depth 192 KiB, which stay in L2 while they meet all of B. */
export const panelRows = 96;
/** Terms summed in registers before they are added to C, about. */
const usualDepth = 256;
/** One less than 1.5 times the usual is still one block. */
const mostDepth = 384;
/** Columns of B packed at a time: 4 MiB, met by all of A. */
export const panelColumns = 2048;
/** Columns of B staged at a time, when it has to be: 1 MiB. */
export const stagedColumns = 512;

/** A register tile reaches this far beyond the last row or column (8 columns for float32). */
const tileRows = 6;
const tileColumns = 8;
/** One tile of C on the side, for edges. */
const tileBytes = 192;

const roundUp = (count: number, step: number): number => Math.ceil(count / step) * step;

/**
 * Terms of a block of k: equal blocks, as a last one of a few terms (257 = 256 + 1, and half of 512
 * folded is 257) would go through all of C for nothing.
 */
export function depthOf(k: number): number {
  return Math.ceil(k / Math.max(1, Math.round(k / usualDepth)));
}

/** m×k times k×n. */
export interface Extents {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Where a product goes, block by block. */
export interface Destination {
  /** The planes of a block; `add` when they hold the sums of the terms before. */
  open(
    row: number,
    rows: number,
    column: number,
    columns: number,
    first: boolean,
  ): { planes: readonly Block[]; add: boolean };
  /** The sums of these terms are in the planes. */
  close(row: number, rows: number, column: number, columns: number, first: boolean): void;
}

/** plane (+)= left · right[which]; a plane's first product starts it, later ones add. */
export interface Product {
  readonly left: Operand;
  readonly right: number;
  readonly plane: number;
  readonly add: boolean;
}

/**
 * Bytes of packed panels and staging, at most: those of a complex product whose operands all lie
 * outside kernel memory, so that each of its planes is copied (16 bytes an element) and taken apart (8).
 */
export function gemmScratchBytes({ bytes }: { bytes: number }): number {
  const left = 3 * 24 * panelRows * mostDepth;
  const right = 2 * 24 * mostDepth * stagedColumns;
  const packed = 8 * (panelRows * mostDepth + 2 * mostDepth * (panelColumns + tileColumns));
  const out = 32 * panelRows * panelColumns;
  // Blocks are no larger than the matrices but for the edges of tiles.
  return Math.min(left + right + packed + out, 5 * bytes + 65_536);
}

/**
 * Sums of real products over all k, in blocks as Goto and van de Geijn (2008). The order of the
 * sums depends on k alone, so where operands lie and how rows and columns are split changes no bit.
 */
export function gemm(
  work: Workspace,
  { m, n, k }: Extents,
  products: readonly Product[],
  rights: readonly Operand[],
  destination: Destination,
  single: boolean,
  onFraction: OnFraction,
): void {
  const bytes = single ? 4 : 8;
  const { gemm: kernels } = work.kernels;
  const packRight = single ? kernels.packRight32 : kernels.packRight64;
  const multiply = single ? kernels.multiply32 : kernels.multiply64;
  const depth = depthOf(k);
  const widest = roundUp(Math.min(panelColumns, n), tileColumns);
  const packed = rights.map(() => work.take(widest * depth * bytes));
  const panel = work.take(tileBytes + roundUp(Math.min(panelRows, m), tileRows) * depth * bytes);

  for (let column = 0; column < n; column += panelColumns) {
    const columns = Math.min(panelColumns, n - column);
    for (let term = 0; term < k; term += depth) {
      const terms = Math.min(depth, k - term);
      for (const [index, right] of rights.entries()) {
        for (let from = 0; from < columns; from += stagedColumns) {
          const staged = Math.min(stagedColumns, columns - from);
          const block = right.stage(term, terms, column + from, staged);
          packRight(block.address, block.stride, terms, staged, packed[index] + from * terms * bytes);
        }
      }
      for (let row = 0; row < m; row += panelRows) {
        const rows = Math.min(panelRows, m - row);
        const first = term === 0;
        const { planes, add } = destination.open(row, rows, column, columns, first);
        for (const product of products) {
          const { address, stride } = product.left.stage(row, rows, term, terms);
          const to = planes[product.plane];
          const adding = add || product.add ? 1 : 0;
          const right = packed[product.right];
          multiply(rows, columns, terms, address, stride, right, to.address, to.stride, adding, panel);
        }
        destination.close(row, rows, column, columns, first);
        // Finished are the columns before, and of these the terms before and the rows so far.
        onFraction((column * k * m + columns * (term * m + terms * (row + rows))) / (n * k * m));
      }
    }
  }
}
