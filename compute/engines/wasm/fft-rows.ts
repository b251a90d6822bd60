import type { OnFraction } from "../engine.ts";
import type { SpectrumPlace, StagedPlace } from "./fft-staging.ts";
import { isReal, type RowBlock, rowBytesOf, type Workplace, wholeGroups } from "./fft-workplace.ts";

/** Elements between two reports: about a millisecond of work. */
export const elementsPerReport = 2 ** 18;

/** First pass over one matrix: its rows, transformed and transposed, into the spectrum. */
export function transformRows(
  workplace: Workplace,
  place: SpectrumPlace,
  matrix: Float64Array | Float32Array,
  onFraction: OnFraction,
): void {
  const { kind, memory, spectrum } = workplace;
  const inside = memory.addressOf(matrix);
  const block = place.staged ? place.input : workplace.input;
  const uncopied = wholeGroups(Math.max(1, elementsPerReport / kind.columns));
  const step = inside !== undefined && !place.staged ? uncopied : block.rows;
  for (let row = 0; row < kind.rows; row += step) {
    const count = Math.min(step, kind.rows - row);
    const from =
      inside === undefined ? copyRows(workplace, block, matrix, row, count) : inside + row * rowBytesOf(kind);
    if (place.staged) {
      const lineBytes = 16 * wholeGroups(count);
      runKernel(workplace, from, count, place.lines, lineBytes);
      copyLines(workplace, place, row, lineBytes);
    } else {
      runKernel(workplace, from, count, place.address + 16 * row, spectrum.lineBytes);
    }
    onFraction((row + count) / kind.rows);
  }
}

function runKernel(
  { kind, kernels, work, plane, rowRecipe }: Workplace,
  from: number,
  rows: number,
  to: number,
  lineBytes: number,
): void {
  const rowBytes = rowBytesOf(kind);
  if (isReal(kind)) {
    const single = Number(kind.dtype === "float32");
    kernels.rowsReal(from, rowBytes, single, rows, kind.columns, to, lineBytes, work, plane, rowRecipe);
  } else {
    const swapped = Number(kind.swapped);
    kernels.rowsComplex(from, rowBytes, rows, kind.columns, to, lineBytes, work, plane, rowRecipe, swapped);
  }
}

function copyRows(
  { kind, memory }: Workplace,
  { address }: RowBlock,
  matrix: Float64Array | Float32Array,
  row: number,
  count: number,
): number {
  const perRow = rowBytesOf(kind) / matrix.BYTES_PER_ELEMENT;
  const View = matrix instanceof Float32Array ? Float32Array : Float64Array;
  new View(memory.memory.buffer, address, count * perRow).set(
    matrix.subarray(row * perRow, (row + count) * perRow),
  );
  return address;
}

/** Rows `row` … of every column, from the block into the spectrum outside. */
function copyLines(
  { memory, spectrum }: Workplace,
  { outside, lines }: StagedPlace,
  row: number,
  lineBytes: number,
): void {
  const perLine = lineBytes / 8;
  const block = new Float64Array(memory.memory.buffer, lines, spectrum.columns * perLine);
  for (let column = 0; column < spectrum.columns; column += 1) {
    const line = block.subarray(column * perLine, (column + 1) * perLine);
    outside.set(line, (column * spectrum.lineBytes) / 8 + 2 * row);
  }
}
