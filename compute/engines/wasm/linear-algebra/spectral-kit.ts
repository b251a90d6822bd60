import type { FloatingArray } from "@sluice/contract/array";
import { rotateRows as rotatePlain } from "../../factorizations/spectral-kit.ts";
import type { FullKit } from "../../factorizations/svd-of-any-shape.ts";
import type { ParallelTask } from "../../threads.ts";
import { matmul } from "../matmul.ts";
import type { ExecutionContext } from "./panel.ts";
import { qr } from "./qr.ts";
import { applyReflectors, reflectedColumns, triangleFor } from "./reflectors.ts";

/** Columns that a thread rotates at a time. */
const columnsPerTurn = 128;

interface Args {
  readonly address: number;
  readonly columns: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly factors: number;
}

export const rotateTask: ParallelTask<Args> = {
  name: "rotate",
  run({ address, columns, first, step, count, factors }, worker) {
    const { rotateRows } = worker.kernels.linearAlgebra;
    for (let from = worker.take() * columnsPerTurn; from < columns; from = worker.take() * columnsPerTurn) {
      const now = Math.min(columnsPerTurn, columns - from);
      rotateRows(address + 8 * from, columns, now, first, step, count, factors);
    }
  },
};

function rotateRows(
  { memory, pool }: ExecutionContext,
  z: FloatingArray,
  first: number,
  step: 1 | -1,
  count: number,
  factors: Float64Array,
): void {
  const address = memory.addressOf(z.data);
  if (address === undefined) {
    // The same bytes: the kernel does not fuse.
    rotatePlain(z, first, step, count, factors);
    return;
  }
  const columns = z.shape[1];
  const copy = memory.scratch(16 * count);
  new Float64Array(memory.memory.buffer, copy, 2 * count).set(factors.subarray(0, 2 * count));
  const args = { address, columns, first, step, count, factors: copy };
  // Six flops a number.
  pool.forWork(count * columns).run(rotateTask, args, () => {});
  memory.freeScratch(copy);
}

function applyReflections(
  context: ExecutionContext,
  work: FloatingArray,
  taus: Float64Array,
  offset: number,
  target: FloatingArray,
): void {
  const triangle: Parameters<typeof applyReflectors>[2] = (panel, index) => {
    const re = taus.subarray(index * reflectedColumns, index * reflectedColumns + panel.columns);
    const columns = panel.columns;
    return triangleFor(context, panel, { re, im: undefined, rows: 1, columns, stride: columns });
  };
  applyReflectors(context, work, triangle, taus.length, offset, target, false);
}

/** The parts of spectral decompositions that are products or rotations, by kernels. */
export function wasmKit(context: ExecutionContext): FullKit {
  const { memory, pool, onFraction } = context;
  const quiet = { ...context, onFraction: () => {} };
  return {
    matrix: (rows, columns) => memory.array({ shape: [rows, columns], dtype: "float64" }),
    release: (matrix) => memory.release(matrix),
    rotateRows: (...args) => rotateRows(context, ...args),
    applyReflections: (...args) => applyReflections(quiet, ...args),
    matmul: (a, b) => matmul(a, b, memory, pool, () => {}),
    qr: (a, mode) => qr(a, mode, quiet),
    onFraction,
  };
}
