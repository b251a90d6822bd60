import type { WorkerContext } from "../threads.ts";
import { tileBytes, tileColumnsOf, tileRows } from "./kernels/abi.ts";
import type { Block, Operand, Workspace } from "./staging.ts";

/** Rows of A packed at a time: with the usual depth 192 KiB, which stay in L2 while they meet all of B. */
export const panelRows = 96;
/** Threads get at least this many panels each, of at least so many rows: unequal ends then matter little. */
const leastTurns = 4;
const leastRows = 24;
/** Terms summed in registers before they are added to C, about. */
const usualDepth = 256;
/** One less than 1.5 times the usual is still one block. */
const mostDepth = 384;
/** Columns of B packed at a time: 4 MiB, met by all of A. */
export const panelColumns = 2048;
/** Columns of B staged at a time, when it has to be: 1 MiB. */
export const stagedColumns = 512;

/** Columns of the widest tile, that of float32: a tile reaches this far beyond the last column. */
const tileColumns = tileColumnsOf(4);

const roundUp = (count: number, step: number): number => Math.ceil(count / step) * step;

/**
 * Terms of a block of k: equal blocks, as a last one of a few terms (257 = 256 + 1, and half of 512
 * folded is 257) would go through all of C for nothing.
 */
export function depthOf(k: number): number {
  return Math.ceil(k / Math.max(1, Math.round(k / usualDepth)));
}

/** Rows a thread takes at a time. How rows are split changes no bit. */
export function rowsPerTurn(m: number, threads: number): number {
  if (threads === 1) return Math.min(panelRows, m);
  const fair = roundUp(Math.ceil(m / (threads * leastTurns)), tileRows);
  return Math.min(m, panelRows, Math.max(leastRows, fair));
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

/** The products of one call for one thread: operands and destination copy blocks to the scratch of this thread. */
export interface Products {
  readonly products: readonly Product[];
  readonly rights: readonly Operand[];
  readonly destination: Destination;
  /** Address of the scratch for packed rows of A and a tile on the side. */
  readonly panel: number;
}

/** Bytes of all of B's packed columns at a time; the threads pack and read them together. */
export function packedBytes({ n, k }: Extents, single: boolean): number {
  return roundUp(roundUp(Math.min(panelColumns, n), tileColumns) * depthOf(k) * (single ? 4 : 8), 64);
}

/** Bytes of a thread's `panel`. */
export function panelBytes({ m, k }: Extents, threads: number, single: boolean): number {
  return tileBytes + roundUp(rowsPerTurn(m, threads), tileRows) * depthOf(k) * (single ? 4 : 8);
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
 * Sums of real products over all k, in blocks as Goto and van de Geijn (2008): one thread's part, the others
 * do the rest. The order of the sums depends on k alone, so where operands lie and how rows and columns
 * are split changes no bit.
 * @param packed where each right operand's packed columns go, common to all threads
 */
export function gemm(
  { kernels: { gemm: kernels } }: Workspace,
  { m, n, k }: Extents,
  { products, rights, destination, panel }: Products,
  packed: readonly number[],
  single: boolean,
  worker: WorkerContext,
): void {
  const bytes = single ? 4 : 8;
  const packRight = single ? kernels.packRight32 : kernels.packRight64;
  const multiply = single ? kernels.multiply32 : kernels.multiply64;
  const depth = depthOf(k);
  const perTurn = rowsPerTurn(m, worker.size);

  for (let column = 0; column < n; column += panelColumns) {
    const columns = Math.min(panelColumns, n - column);
    const pieces = Math.ceil(columns / stagedColumns);
    for (let term = 0; term < k; term += depth) {
      const terms = Math.min(depth, k - term);
      for (let turn = worker.take(); turn < rights.length * pieces; turn = worker.take()) {
        const from = (turn % pieces) * stagedColumns;
        const which = Math.floor(turn / pieces);
        const staged = Math.min(stagedColumns, columns - from);
        const block = rights[which].stage(term, terms, column + from, staged);
        packRight(block.address, block.stride, terms, staged, packed[which] + from * terms * bytes);
      }
      worker.barrier();
      for (let row = worker.take() * perTurn; row < m; row = worker.take() * perTurn) {
        const rows = Math.min(perTurn, m - row);
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
        worker.onFraction((column * k * m + columns * (term * m + terms * (row + rows))) / (n * k * m));
      }
      worker.barrier();
    }
  }
}
