import type { OnFraction } from "../../../model/on-fraction.ts";
import { viewOf } from "../staging.ts";
import { isReal, linesPerTurn, type MatrixContext, type Numbers } from "./matrix-context.ts";
import type { SpectrumLocation, StagedSpectrum } from "./staging.ts";

/** What becomes of the transformed columns. */
export interface ResultForm {
  readonly absolute: boolean;
  /** Multiplies every element. */
  readonly factor: number;
}

/** Where a group of columns goes: the first one's address, that of its mirror image (0: none), and their rows' bytes. */
interface Target {
  readonly address: number;
  readonly mirror: number;
  readonly rowBytes: number;
}

export const resultBytes = ({ absolute }: ResultForm): 8 | 16 => (absolute ? 8 : 16);

/**
 * Second pass over one matrix, one thread's part: the columns of its spectrum into the result, with their mirror images
 * when only half of them were kept.
 * @returns whether everything it wrote is finite
 */
export function transformColumns(
  context: MatrixContext,
  location: SpectrumLocation,
  form: ResultForm,
  matrix: Numbers,
  onFraction: OnFraction,
): boolean {
  const { kind, worker, spectrum } = context;
  const bytes = resultBytes(form);
  const inside = matrix.address;
  const step = location.staged ? location.columns : linesPerTurn(kind.rows, spectrum.columns, worker.size);
  let allFinite = true;
  for (let first = worker.take() * step; first < spectrum.columns; first = worker.take() * step) {
    const count = Math.min(step, spectrum.columns - first);
    const target =
      inside === undefined
        ? blockTarget(location, bytes, context)
        : matrixTarget(inside, first, bytes, context);
    const lines = location.staged
      ? copyLines(context, location, first, count)
      : location.address + first * spectrum.lineBytes;
    allFinite = runKernel(context, form, lines, first, count, target) && allFinite;
    if (inside === undefined && location.staged) copyResult(context, location, form, matrix, first, count);
    onFraction((first + count) / spectrum.columns);
  }
  return allFinite;
}

function runKernel(
  { kind, worker, spectrum, work, plane, columnRecipe }: MatrixContext,
  { absolute, factor }: ResultForm,
  lines: number,
  first: number,
  count: number,
  { address, mirror, rowBytes }: Target,
): boolean {
  const kernels = worker.kernels.fft;
  const kernel = absolute ? kernels.columnsAbsolute : kernels.columnsComplex;
  const { columns, rows, swapped } = kind;
  const scale = isReal(kind) ? factor / 2 : factor;
  const to = [address, mirror, rowBytes] as const;
  const lanes = [work, plane, columnRecipe] as const;
  return (
    kernel(
      lines,
      spectrum.lineBytes,
      first,
      count,
      columns,
      rows,
      ...to,
      ...lanes,
      scale,
      Number(swapped),
    ) === 1
  );
}

function matrixTarget(matrix: number, first: number, bytes: number, { kind }: MatrixContext): Target {
  return {
    address: matrix + first * bytes,
    mirror: isReal(kind) ? matrix + (kind.columns - first) * bytes : 0,
    rowBytes: kind.columns * bytes,
  };
}

function blockTarget(location: SpectrumLocation, bytes: number, { kind }: MatrixContext): Target {
  if (!location.staged) throw new Error("a result outside kernel memory needs staged columns");
  return {
    address: location.result,
    mirror: isReal(kind) ? location.mirror + (location.columns - 1) * bytes : 0,
    rowBytes: location.columns * bytes,
  };
}

/** Into the block; answers its address. */
function copyLines(
  { worker, spectrum }: MatrixContext,
  { outside, lines }: StagedSpectrum,
  first: number,
  count: number,
): number {
  const perLine = spectrum.lineBytes / 8;
  const block = viewOf(worker.memory, lines, count * perLine, false);
  block.set(outside.subarray(first * perLine, (first + count) * perLine));
  return lines;
}

/** The block of columns, and that of their mirror images (column n - k for column k), into the result. */
function copyResult(
  { kind, worker }: MatrixContext,
  location: StagedSpectrum,
  form: ResultForm,
  { data }: Numbers,
  first: number,
  count: number,
): void {
  const perElement = resultBytes(form) / 8;
  const width = location.columns * perElement;
  const copy = (block: number, from: number, to: number, columns: number): void => {
    const source = viewOf(worker.memory, block, kind.rows * width, false);
    for (let row = 0; row < kind.rows; row += 1) {
      const at = row * width + from * perElement;
      data.set(source.subarray(at, at + columns * perElement), (row * kind.columns + to) * perElement);
    }
  };
  copy(location.result, 0, first, count);
  if (!isReal(kind)) return;
  // Columns 0 and n/2 are their own images and came with the block itself.
  const lowest = Math.max(first, 1);
  const highest = Math.min(first + count, Math.ceil(kind.columns / 2)) - 1;
  if (lowest > highest) return;
  copy(
    location.mirror,
    location.columns - 1 - (highest - first),
    kind.columns - highest,
    highest - lowest + 1,
  );
}
