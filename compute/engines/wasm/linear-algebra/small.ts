import type { Triangle } from "../../factorizations/triangle.ts";
import { type Extents, panelRows } from "../gemm.ts";
import { tileBytes, tileColumnsOf, tileRows } from "../kernels/abi.ts";
import type { ExecutionContext } from "./panel.ts";

const tileColumns = tileColumnsOf(8);

/** T · X = B in place of B: real, in kernel memory, on this thread. */
export function solveInPanel(
  { kernels }: ExecutionContext,
  t: number,
  tStride: number,
  n: number,
  { lower, unit }: Triangle,
  b: number,
  bStride: number,
  columns: number,
): void {
  kernels.linearAlgebra.solveTriangle(t, tStride, n, lower ? 1 : 0, unit ? 1 : 0, b, bStride, columns);
}

/** Where a real matrix begins in kernel memory, and numbers from row to row. */
interface MatrixBlock {
  readonly address: number;
  readonly stride: number;
}

/** C -= A · B of real matrices in kernel memory, on this thread: for products too small to share or to stage. */
export function multiplySmall(
  { memory, kernels }: ExecutionContext,
  { m, n, k }: Extents,
  a: MatrixBlock,
  b: MatrixBlock,
  c: MatrixBlock,
): void {
  const packedLength = Math.ceil(n / tileColumns) * tileColumns * k;
  const packed = memory.scratch(8 * packedLength + tileBytes + 8 * (panelRows + tileRows) * k);
  kernels.gemm.packRight64(b.address, b.stride, k, n, packed);
  kernels.misc.scale64(packed, packedLength, -1);
  const work = packed + 8 * packedLength;
  for (let row = 0; row < m; row += panelRows) {
    const rows = Math.min(panelRows, m - row);
    const [left, to] = [a, c].map(({ address, stride }) => address + 8 * row * stride);
    kernels.gemm.multiply64(rows, n, k, left, a.stride, packed, to, c.stride, 1, work);
  }
  memory.freeScratch(packed);
}
