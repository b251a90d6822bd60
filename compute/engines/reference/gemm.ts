import type { NdArray } from "ndarray";
import type { OnFraction } from "../../model/on-fraction.ts";

export type Matrix = NdArray<Float64Array | Float32Array>;

// A 4×3 block of C sits in 12 registers with 4 left for operands: of 2×2, 4×2, 3×3, 4×3 and 4×4 the
// fastest under V8 on x86-64 (6.1 GFLOP/s against 3.9 to 5.6).
const tileRows = 4;
const tileColumns = 3;
/** Terms summed in registers before they are added to C. */
const depth = 256;
/** A panel of A this tall (192 KiB) stays in L2 while it meets every column of a block of B. */
const panelRows = 96;
/** A block of B this wide (3 MiB) is packed once and met by all of A. */
const panelColumns = 1536;

const roundUp = (count: number, step: number): number => Math.ceil(count / step) * step;

/** Bytes of the packed panels of a product this large. */
export const gemmScratchBytes = 8 * depth * (panelRows + panelColumns);

/**
 * Lays out lines [from, from + lines) of `matrix` (rows of A, columns of B) over the terms
 * [term, term + terms): `tile` lines side by side, the last tile filled up with zeros.
 */
function pack(
  matrix: Matrix,
  tile: number,
  sign: number,
  [from, lines]: readonly [number, number],
  [term, terms]: readonly [number, number],
  packed: Float64Array,
): void {
  const { data, offset } = matrix;
  const [lineStride, termStride] = matrix.stride;
  for (let top = 0; top < lines; top += tile) {
    const filled = Math.min(tile, lines - top);
    const start = offset + (from + top) * lineStride + term * termStride;
    const to = top * terms;
    for (let p = 0; p < terms; p += 1) {
      for (let i = 0; i < tile; i += 1) {
        packed[to + p * tile + i] = i < filled ? sign * data[start + p * termStride + i * lineStride] : 0;
      }
    }
  }
}

/** out[4×3] = Σ over `terms` of packed a (4 wide, from `at`) times packed b (3 wide, from `bt`). */
function multiplyTile(
  a: Float64Array,
  at: number,
  b: Float64Array,
  bt: number,
  terms: number,
  out: Float64Array,
) {
  let [c00, c01, c02] = [0, 0, 0];
  let [c10, c11, c12] = [0, 0, 0];
  let [c20, c21, c22] = [0, 0, 0];
  let [c30, c31, c32] = [0, 0, 0];
  let i = at;
  let j = bt;
  for (let p = 0; p < terms; p += 1) {
    const b0 = b[j];
    const b1 = b[j + 1];
    const b2 = b[j + 2];
    let x = a[i];
    c00 += x * b0;
    c01 += x * b1;
    c02 += x * b2;
    x = a[i + 1];
    c10 += x * b0;
    c11 += x * b1;
    c12 += x * b2;
    x = a[i + 2];
    c20 += x * b0;
    c21 += x * b1;
    c22 += x * b2;
    x = a[i + 3];
    c30 += x * b0;
    c31 += x * b1;
    c32 += x * b2;
    i += tileRows;
    j += tileColumns;
  }
  out[0] = c00;
  out[1] = c01;
  out[2] = c02;
  out[3] = c10;
  out[4] = c11;
  out[5] = c12;
  out[6] = c20;
  out[7] = c21;
  out[8] = c22;
  out[9] = c30;
  out[10] = c31;
  out[11] = c32;
}

/** C += tile, as far as C reaches. */
function addTile(c: Matrix, row: number, column: number, tile: Float64Array): void {
  const { data, offset, shape, stride } = c;
  const rows = Math.min(tileRows, shape[0] - row);
  const columns = Math.min(tileColumns, shape[1] - column);
  for (let i = 0; i < rows; i += 1) {
    const start = offset + (row + i) * stride[0] + column * stride[1];
    for (let j = 0; j < columns; j += 1) data[start + j * stride[1]] += tile[i * tileColumns + j];
  }
}

/**
 * C += sign · A · B on views of any strides, A m×k, B k×n, C m×n. Blocked as Goto and van de Geijn (2008):
 * B in blocks for L3, A in panels for L2, a register tile inside. The order of the sums depends on
 * k alone.
 */
export function gemm(sign: 1 | -1, a: Matrix, b: Matrix, c: Matrix, onFraction: OnFraction): void {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const columnsOfB = b.transpose(1, 0);
  const deepest = Math.min(depth, k);
  const packedA = new Float64Array(roundUp(Math.min(panelRows, m), tileRows) * deepest);
  const packedB = new Float64Array(roundUp(Math.min(panelColumns, n), tileColumns) * deepest);
  const tile = new Float64Array(tileRows * tileColumns);
  let done = 0;
  for (let column = 0; column < n; column += panelColumns) {
    const columns = Math.min(panelColumns, n - column);
    for (let term = 0; term < k; term += depth) {
      const terms = Math.min(depth, k - term);
      pack(columnsOfB, tileColumns, 1, [column, columns], [term, terms], packedB);
      for (let row = 0; row < m; row += panelRows) {
        const rows = Math.min(panelRows, m - row);
        pack(a, tileRows, sign, [row, rows], [term, terms], packedA);
        for (let j = 0; j < columns; j += tileColumns) {
          for (let i = 0; i < rows; i += tileRows) {
            multiplyTile(packedA, i * terms, packedB, j * terms, terms, tile);
            addTile(c, row + i, column + j, tile);
          }
        }
        done += rows * columns * terms;
        onFraction(done / (m * n * k));
      }
    }
  }
}
