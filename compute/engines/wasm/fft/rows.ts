import { viewOf } from "../staging.ts";
import {
  isReal,
  linesPerTurn,
  type MatrixContext,
  type Numbers,
  type RowBlock,
  rowBytesOf,
  wholeGroups,
} from "./matrix-context.ts";
import type { SpectrumLocation, StagedSpectrum } from "./staging.ts";

/** First pass over one matrix, one thread's part: its rows, transformed and transposed, into the spectrum. */
export function transformRows(
  context: MatrixContext,
  location: SpectrumLocation,
  matrix: Numbers,
  onFraction: (fraction: number) => void,
): void {
  const { kind, worker, spectrum } = context;
  const { address } = matrix;
  const block = location.staged ? location.input : context.input;
  const uncopied = address !== undefined && !location.staged;
  const step = uncopied ? linesPerTurn(kind.columns, kind.rows, worker.size) : block.rows;
  for (let row = worker.take() * step; row < kind.rows; row = worker.take() * step) {
    const count = Math.min(step, kind.rows - row);
    if (address === undefined) copyRows(context, block, matrix, row, count);
    const from = address === undefined ? block.address : address + row * nextRow(context);
    const stride = address === undefined ? count : kind.rows;
    const rows = { address: from, row, count };
    if (location.staged) {
      const lineBytes = 16 * wholeGroups(count);
      runKernel(context, rows, stride, location.lines, lineBytes);
      copyLines(context, location, row, lineBytes);
    } else {
      runKernel(context, rows, stride, location.address + 16 * row, spectrum.lineBytes);
    }
    onFraction((row + count) / kind.rows);
  }
}

/** Bytes from row to row: the rows of a matrix that lies transposed are next to each other. */
const nextRow = ({ kind }: MatrixContext): number => (kind.fourStep ? 16 : rowBytesOf(kind));

interface Rows {
  readonly address: number;
  /** Number of the first one. */
  readonly row: number;
  readonly count: number;
}

/** @param stride rows next to each other in memory, where they lie transposed */
function runKernel(context: MatrixContext, rows: Rows, stride: number, to: number, lineBytes: number): void {
  const { kind, work, plane, rowRecipe, laneRoots } = context;
  const kernels = context.worker.kernels.fft;
  const { address, row, count } = rows;
  const rowBytes = rowBytesOf(kind);
  const swapped = Number(kind.swapped);
  const lanes = [work, plane, rowRecipe] as const;
  if (kind.fourStep) {
    const roots = [kind.fourStep.address, kind.fourStep.shift, laneRoots] as const;
    kernels.rowsFourStep(
      address,
      16 * stride,
      row,
      count,
      kind.columns,
      to,
      lineBytes,
      ...lanes,
      ...roots,
      swapped,
    );
  } else if (isReal(kind)) {
    const single = Number(kind.dtype === "float32");
    kernels.rowsReal(address, rowBytes, single, count, kind.columns, to, lineBytes, ...lanes);
  } else {
    kernels.rowsComplex(address, rowBytes, count, kind.columns, to, lineBytes, ...lanes, swapped);
  }
}

function copyRows(
  { kind, worker }: MatrixContext,
  { address }: RowBlock,
  { data }: Numbers,
  row: number,
  count: number,
): void {
  if (kind.fourStep) {
    const block = viewOf(worker.memory, address, 2 * kind.columns * count, false);
    for (let point = 0; point < kind.columns; point += 1) {
      const from = 2 * (point * kind.rows + row);
      block.set(data.subarray(from, from + 2 * count), 2 * point * count);
    }
    return;
  }
  const perRow = rowBytesOf(kind) / data.BYTES_PER_ELEMENT;
  const block = viewOf(worker.memory, address, count * perRow, data instanceof Float32Array);
  block.set(data.subarray(row * perRow, (row + count) * perRow));
}

/** Rows `row` … of every column, from the block into the spectrum outside. */
function copyLines(
  { worker, spectrum }: MatrixContext,
  { outside, lines }: StagedSpectrum,
  row: number,
  lineBytes: number,
): void {
  const perLine = lineBytes / 8;
  const block = viewOf(worker.memory, lines, spectrum.columns * perLine, false);
  for (let column = 0; column < spectrum.columns; column += 1) {
    const line = block.subarray(column * perLine, (column + 1) * perLine);
    outside.set(line, (column * spectrum.lineBytes) / 8 + 2 * row);
  }
}
