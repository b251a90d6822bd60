import type { DenseArray } from "@sluice/contract/array";
import { rotateRows as rotatePlain } from "../../factorizations/spectral-kit.ts";
import type { FullKit } from "../../factorizations/svd-of-any-shape.ts";
import type { Share } from "../../threads.ts";
import { matmul } from "../matmul.ts";
import type { Floor } from "./panel.ts";
import { qr } from "./qr.ts";
import { applyReflectors, reflectedColumns, triangleFor } from "./reflectors.ts";

/** Columns that a thread rotates at a time. */
const columnsPerTurn = 128;

interface Task {
  readonly address: number;
  readonly columns: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly factors: number;
}

export const rotateShare: Share<Task> = {
  name: "rotate",
  run({ address, columns, first, step, count, factors }, member) {
    const { rotateRows } = member.kernels.linearAlgebra;
    for (let from = member.take() * columnsPerTurn; from < columns; from = member.take() * columnsPerTurn) {
      const now = Math.min(columnsPerTurn, columns - from);
      rotateRows(address + 8 * from, columns, now, first, step, count, factors);
    }
  },
};

function rotateRows(
  { memory, crew }: Floor,
  z: DenseArray,
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
  const task = { address, columns, first, step, count, factors: copy };
  // Six flops a number.
  crew.worth(count * columns).run(rotateShare, task, () => {});
  memory.freeScratch(copy);
}

function applyReflections(
  floor: Floor,
  work: DenseArray,
  taus: Float64Array,
  offset: number,
  target: DenseArray,
): void {
  const triangle: Parameters<typeof applyReflectors>[2] = (panel, index) => {
    const re = taus.subarray(index * reflectedColumns, index * reflectedColumns + panel.columns);
    const columns = panel.columns;
    return triangleFor(floor, panel, { re, im: undefined, rows: 1, columns, stride: columns });
  };
  applyReflectors(floor, work, triangle, taus.length, offset, target, false);
}

/** The parts of spectral decompositions that are products or rotations, by kernels. */
export function wasmKit(floor: Floor): FullKit {
  const { memory, crew, onFraction } = floor;
  const quiet = { ...floor, onFraction: () => {} };
  return {
    matrix: (rows, columns) => memory.array({ shape: [rows, columns], dtype: "float64" }),
    release: (matrix) => memory.release(matrix),
    rotateRows: (...args) => rotateRows(floor, ...args),
    applyReflections: (...args) => applyReflections(quiet, ...args),
    matmul: (a, b) => matmul(a, b, memory, crew, () => {}),
    qr: (a, mode) => qr(a, mode, quiet),
    onFraction,
  };
}
