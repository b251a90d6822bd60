import type { FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import type { ParallelTask, ThreadPool, WorkerContext } from "../threads.ts";
import { realDestination } from "./destination.ts";
import {
  depthOf,
  type Extents,
  type Products,
  panelBytes,
  panelColumns,
  rowsPerTurn,
  stagedColumns,
} from "./gemm.ts";
import { isFoldable } from "./largest.ts";
import type { KernelMemory } from "./memory.ts";
import { multiply, productTask } from "./products.ts";
import { type Operand, type Rows, realOperand, rowsOf, Workspace } from "./staging.ts";

/** Numbers unfolded at a time. */
const chunk = 8192;
/** Fewer rows or columns than this pay for the folding with more than half their product. */
const fewestFolded = 96;

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
export function foldedRight(
  work: Workspace,
  source: Rows,
  extent: number,
  half: Half,
  most: number,
): Operand {
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

/** One half's product, as every thread gets it. */
interface HalfArgs extends Extents {
  readonly half: Half;
  /** The rows of this half. */
  readonly a: Rows;
  readonly b: Rows;
  readonly result: Rows;
  /** Terms of the unfolded product. */
  readonly extent: number;
}

function prepare(work: Workspace, args: HalfArgs, threads: number): Products {
  const { half, a, b, result, extent, m, n, k } = args;
  const rows = rowsPerTurn(m, threads);
  const terms = depthOf(k);
  const left = foldedLeft(work, a, half, rows * terms);
  return {
    products: [{ left, right: 0, plane: 0, add: false }],
    rights: [foldedRight(work, b, extent, half, terms * Math.min(stagedColumns, n))],
    destination: realDestination(work, result, rows * Math.min(panelColumns, n)),
    panel: work.take(panelBytes({ m, n, k }, threads, false)),
  };
}

export const foldTask = productTask<HalfArgs>("fold", prepare);

interface UnfoldArgs {
  readonly even: Rows;
  readonly odd: Rows;
  readonly count: number;
  readonly n: number;
  readonly own: number;
}

const unfoldBytes = 2 * 8 * chunk;

/** Rows i and -i hold the even and the odd half of the result: makes them what they stand for. */
export const unfoldTask: ParallelTask<UnfoldArgs> = {
  name: "unfold",
  run({ even: evenRows, odd: oddRows, count, n, own }, worker: WorkerContext) {
    const work = new Workspace(worker, own + worker.rank * unfoldBytes);
    const even = realDestination(work, evenRows, chunk);
    const odd = realDestination(work, oddRows, chunk);
    const most = Math.max(1, Math.floor(chunk / n));
    for (let row = worker.take() * most; row < count; row = worker.take() * most) {
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
  },
};

/** Whether folding pays, and the values are far enough from overflow that Inf - Inf can't arise. */
export function foldable(
  a: FloatingArray,
  b: FloatingArray,
  memory: KernelMemory,
  pool: ThreadPool,
): boolean {
  if (a.dtype !== "float64" || b.dtype !== "float64") return false;
  if (a.shape[0] < fewestFolded || b.shape[1] < fewestFolded) return false;
  return isFoldable(a, memory, pool) && isFoldable(b, memory, pool);
}

/**
 * a · b for a float64 with a[i][j] = a[-i][-j]. With a± = (a[i][j] ± a[i][-j])/2 over half the columns and
 * b± = b[j] ± b[-j] over half the rows, rows i and -i of the result are a⁺b⁺ ± a⁻b⁻: two products of a
 * quarter of the work each.
 */
export function foldedMatmul(
  a: FloatingArray,
  b: FloatingArray,
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): FloatingArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const result = memory.array({ shape: [m, n], dtype: "float64" });
  // Half the flops of the product, at 24 a nanosecond.
  const workers = pool.forWork((m * n * k) / 24);
  const [left, right] = [a, b].map((array) => memory.common(array, workers));
  const target = rowsOf(result, memory);
  // The odd half goes where its rows' mirrors are: local row 0 is i = 1, kept in the last row.
  const upwards: Rows = { ...target, offset: (m - 1) * n, stride: -n };
  const halves = (["even", "odd"] as const).map((half) => {
    const extents = { m: halfOf(m, half).count, n, k: halfOf(k, half).count };
    return { half, extents, share: (extents.m * extents.k) / (m * k) };
  });
  const total = halves.reduce((sum, { share }) => sum + share, 0);
  let done = 0;
  for (const { half, extents, share } of halves) {
    const args = {
      ...extents,
      half,
      a: { ...rowsOf(left, memory), offset: halfOf(m, half).first * k },
      b: rowsOf(right, memory),
      result: half === "even" ? target : upwards,
      extent: k,
    };
    const before = done;
    multiply(foldTask, args, 1, memory, workers, (fraction) =>
      onFraction((before + share * fraction) / total),
    );
    done += share;
  }
  const own = memory.scratch(workers.size * unfoldBytes);
  // Row 0 has no odd half.
  const rows = { even: { ...target, offset: n }, odd: upwards, count: halfOf(m, "odd").count, n, own };
  workers.run(unfoldTask, rows, () => {});
  memory.freeScratch(own);
  for (const [copy, array] of [[left, a] as const, [right, b] as const])
    if (copy !== array) memory.release(copy);
  onFraction(1);
  return result;
}
