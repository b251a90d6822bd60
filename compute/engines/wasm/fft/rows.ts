import { viewOf } from "../staging.ts";
import type { SpectrumPlace, StagedPlace } from "./staging.ts";
import {
  isReal,
  linesPerTurn,
  type Numbers,
  type RowBlock,
  rowBytesOf,
  type Workplace,
  wholeGroups,
} from "./workplace.ts";

/** First pass over one matrix, one thread's part: its rows, transformed and transposed, into the spectrum. */
export function transformRows(
  workplace: Workplace,
  place: SpectrumPlace,
  matrix: Numbers,
  onFraction: (fraction: number) => void,
): void {
  const { kind, member, spectrum } = workplace;
  const { address } = matrix;
  const block = place.staged ? place.input : workplace.input;
  const uncopied = address !== undefined && !place.staged;
  const step = uncopied ? linesPerTurn(kind.columns, kind.rows, member.of) : block.rows;
  for (let row = member.take() * step; row < kind.rows; row = member.take() * step) {
    const count = Math.min(step, kind.rows - row);
    if (address === undefined) copyRows(workplace, block, matrix, row, count);
    const from = address === undefined ? block.address : address + row * nextRow(workplace);
    const stride = address === undefined ? count : kind.rows;
    const rows = { address: from, row, count };
    if (place.staged) {
      const lineBytes = 16 * wholeGroups(count);
      runKernel(workplace, rows, stride, place.lines, lineBytes);
      copyLines(workplace, place, row, lineBytes);
    } else {
      runKernel(workplace, rows, stride, place.address + 16 * row, spectrum.lineBytes);
    }
    onFraction((row + count) / kind.rows);
  }
}

/** Bytes from row to row: the rows of a matrix that lies transposed are next to each other. */
const nextRow = ({ kind }: Workplace): number => (kind.fourStep ? 16 : rowBytesOf(kind));

interface Rows {
  readonly address: number;
  /** Number of the first one. */
  readonly row: number;
  readonly count: number;
}

/** @param stride rows next to each other in memory, where they lie transposed */
function runKernel(workplace: Workplace, rows: Rows, stride: number, to: number, lineBytes: number): void {
  const { kind, work, plane, rowRecipe, laneRoots } = workplace;
  const kernels = workplace.member.kernels.fft;
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
  { kind, member }: Workplace,
  { address }: RowBlock,
  { data }: Numbers,
  row: number,
  count: number,
): void {
  if (kind.fourStep) {
    const block = viewOf(member.memory, address, 2 * kind.columns * count, false);
    for (let point = 0; point < kind.columns; point += 1) {
      const from = 2 * (point * kind.rows + row);
      block.set(data.subarray(from, from + 2 * count), 2 * point * count);
    }
    return;
  }
  const perRow = rowBytesOf(kind) / data.BYTES_PER_ELEMENT;
  const block = viewOf(member.memory, address, count * perRow, data instanceof Float32Array);
  block.set(data.subarray(row * perRow, (row + count) * perRow));
}

/** Rows `row` … of every column, from the block into the spectrum outside. */
function copyLines(
  { member, spectrum }: Workplace,
  { outside, lines }: StagedPlace,
  row: number,
  lineBytes: number,
): void {
  const perLine = lineBytes / 8;
  const block = viewOf(member.memory, lines, spectrum.columns * perLine, false);
  for (let column = 0; column < spectrum.columns; column += 1) {
    const line = block.subarray(column * perLine, (column + 1) * perLine);
    outside.set(line, (column * spectrum.lineBytes) / 8 + 2 * row);
  }
}
