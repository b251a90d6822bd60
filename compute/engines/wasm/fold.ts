import type { DenseArray } from "@sluice/contract/array";
import type { OnFraction } from "../engine.ts";
import { realDestination } from "./destination.ts";
import { depthOf, gemm, panelColumns, panelRows, stagedColumns } from "./gemm.ts";
import type { Kernels } from "./kernels.ts";
import type { KernelMemory } from "./memory.ts";
import { type Operand, type Rows, realOperand, rowsOf, Workspace } from "./staging.ts";

/** Numbers of a row or an array staged at a time by the passes that are not products. */
const chunk = 8192;
/** Fewer rows or columns than this pay for the folding with more than half their product. */
const fewestFolded = 96;
/** Sums of mirrored elements stay far from overflow below this. */
const largestFoldable = 1e300;

type Half = "even" | "odd";

/** Indices 0 … n/2, or without those that are their own mirror. */
export function halfOf(extent: number, half: Half): { first: number; count: number } {
  const even = Math.floor(extent / 2) + 1;
  return half === "even" ? { first: 0, count: even } : { first: 1, count: Math.ceil(extent / 2) - 1 };
}

/** (M[i][j] ± M[i][-j])/2 for the columns of a half. */
export function foldedLeft(work: Workspace, source: Rows, half: Half, most: number): Operand {
  const { foldColumns } = work.kernels.misc;
  const { stride: extent } = source;
  const { first } = halfOf(extent, half);
  const sign = half === "even" ? 1 : -1;
  const direct = realOperand(work, source, most);
  const mirrored = realOperand(work, source, most);
  const to = work.take(most * 8);
  return {
    stage(row, rows, from, columns) {
      const column = first + from;
      const block = direct.stage(row, rows, column, columns);
      // Column 0 is its own mirror and read from `block`; the mirrors of the others lie above the half.
      const skip = column === 0 ? 1 : 0;
      const lowest = extent - (column + columns - 1);
      const count = columns - skip;
      const mirrors = count > 0 ? mirrored.stage(row, rows, lowest, count) : block;
      const mirror = mirrors.address + 8 * (extent - column - lowest);
      foldColumns(block.address, mirror, block.stride, mirrors.stride, rows, columns, skip, sign, to);
      return { address: to, stride: columns };
    },
  };
}

/** R[j] ± R[-j] for the rows of a half; a row that is its own mirror counts once. */
export function foldedRight(work: Workspace, source: Rows, extent: number, half: Half, most: number): Operand {
  const { foldRows } = work.kernels.misc;
  const { first } = halfOf(extent, half);
  const sign = half === "even" ? 1 : -1;
  const direct = realOperand(work, source, most);
  const mirrored = realOperand(work, source, most);
  const to = work.take(most * 8);
  return {
    stage(from, rows, column, columns) {
      const row = first + from;
      const block = direct.stage(row, rows, column, columns);
      const skip = row === 0 ? 1 : 0;
      const lowest = extent - (row + rows - 1);
      const count = rows - skip;
      const mirrors = count > 0 ? mirrored.stage(lowest, count, column, columns) : block;
      const mirror = mirrors.address + 8 * (extent - row - lowest) * mirrors.stride;
      const strides = [block.stride, mirrors.stride] as const;
      foldRows(block.address, mirror, ...strides, row, extent, rows, columns, sign, to);
      return { address: to, stride: columns };
    },
  };
}

/** Largest magnitude of an array; NaN when it has one. */
function largest(work: Workspace, { data }: DenseArray): number {
  const operand = realOperand(work, { data, offset: 0, stride: data.length }, chunk);
  let most = 0;
  for (let from = 0; from < data.length; from += chunk) {
    const count = Math.min(chunk, data.length - from);
    most = Math.max(most, work.kernels.misc.largest(operand.stage(0, 1, from, count).address, count));
  }
  return most;
}

/** Whether folding pays, and the values are far enough from overflow that Inf - Inf can't arise. */
export function foldable(a: DenseArray, b: DenseArray, memory: KernelMemory, kernels: Kernels): boolean {
  if (a.dtype !== "float64" || b.dtype !== "float64") return false;
  if (a.shape[0] < fewestFolded || b.shape[1] < fewestFolded) return false;
  const work = new Workspace(memory, kernels);
  try {
    return largest(work, a) < largestFoldable && largest(work, b) < largestFoldable;
  } finally {
    work.free();
  }
}

/** Rows i and -i hold the even and the odd half of the result: makes them what they stand for. */
export function unfold(work: Workspace, halves: Record<Half, Rows>, count: number, n: number): void {
  const even = realDestination(work, halves.even, chunk);
  const odd = realDestination(work, halves.odd, chunk);
  const most = Math.max(1, Math.floor(chunk / n));
  for (let row = 0; row < count; row += most) {
    const rows = Math.min(most, count - row);
    for (let column = 0; column < n; column += chunk) {
      const columns = Math.min(chunk, n - column);
      const [x] = even.open(row, rows, column, columns, false).planes;
      const [y] = odd.open(row, rows, column, columns, false).planes;
      work.kernels.misc.unfoldRows(x.address, y.address, x.stride, y.stride, rows, columns);
      even.close(row, rows, column, columns, false);
      odd.close(row, rows, column, columns, false);
    }
  }
}

/**
 * a · b for a float64 with a[i][j] = a[-i][-j]. With a± = (a[i][j] ± a[i][-j])/2 over half the columns and
 * b± = b[j] ± b[-j] over half the rows, rows i and -i of the result are a⁺b⁺ ± a⁻b⁻: two products of a
 * quarter of the work each.
 */
export function foldedMatmul(
  a: DenseArray,
  b: DenseArray,
  memory: KernelMemory,
  kernels: Kernels,
  onFraction: OnFraction,
): DenseArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const result = memory.array({ shape: [m, n], dtype: "float64" });
  const target = rowsOf(result);
  // The odd half goes where its rows' mirrors are: local row 0 is i = 1, kept in the last row.
  const upwards: Rows = { data: result.data, offset: (m - 1) * n, stride: -n };
  const work = new Workspace(memory, kernels);
  const halves = (["even", "odd"] as const).map((half) => {
    const extents = { m: halfOf(m, half).count, n, k: halfOf(k, half).count };
    return { half, extents, share: (extents.m * extents.k) / (m * k) };
  });
  const total = halves.reduce((sum, { share }) => sum + share, 0);
  let done = 0;
  try {
    for (const { half, extents, share } of halves) {
      const rows = Math.min(panelRows, extents.m);
      const terms = depthOf(extents.k);
      const firstRow = halfOf(m, half).first;
      const left = foldedLeft(work, { ...rowsOf(a), offset: firstRow * k }, half, rows * terms);
      const right = foldedRight(work, rowsOf(b), k, half, terms * Math.min(stagedColumns, n));
      const most = rows * Math.min(panelColumns, n);
      const destination = realDestination(work, half === "even" ? target : upwards, most);
      const product = { left, right: 0, plane: 0, add: false };
      const before = done;
      gemm(work, extents, [product], [right], destination, false, (fraction) =>
        onFraction((before + share * fraction) / total),
      );
      done += share;
      work.free();
    }
    // Row 0 has no odd half.
    unfold(work, { even: { ...target, offset: n }, odd: upwards }, halfOf(m, "odd").count, n);
  } finally {
    work.free();
  }
  onFraction(1);
  return result;
}
