import type { OnFraction } from "../../../model/on-fraction.ts";
import { viewOf } from "../staging.ts";
import type { SpectrumPlace, StagedPlace } from "./staging.ts";
import { isReal, linesPerTurn, type Numbers, type Workplace } from "./workplace.ts";

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
  workplace: Workplace,
  place: SpectrumPlace,
  form: ResultForm,
  matrix: Numbers,
  onFraction: OnFraction,
): boolean {
  const { kind, member, spectrum } = workplace;
  const bytes = resultBytes(form);
  const inside = matrix.address;
  const step = place.staged ? place.columns : linesPerTurn(kind.rows, spectrum.columns, member.of);
  let allFinite = true;
  for (let first = member.take() * step; first < spectrum.columns; first = member.take() * step) {
    const count = Math.min(step, spectrum.columns - first);
    const target =
      inside === undefined
        ? blockTarget(place, bytes, workplace)
        : matrixTarget(inside, first, bytes, workplace);
    const lines = place.staged
      ? copyLines(workplace, place, first, count)
      : place.address + first * spectrum.lineBytes;
    allFinite = runKernel(workplace, form, lines, first, count, target) && allFinite;
    if (inside === undefined && place.staged) copyResult(workplace, place, form, matrix, first, count);
    onFraction((first + count) / spectrum.columns);
  }
  return allFinite;
}

function runKernel(
  { kind, member, spectrum, work, plane, columnRecipe }: Workplace,
  { absolute, factor }: ResultForm,
  lines: number,
  first: number,
  count: number,
  { address, mirror, rowBytes }: Target,
): boolean {
  const kernels = member.kernels.fft;
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

function matrixTarget(matrix: number, first: number, bytes: number, { kind }: Workplace): Target {
  return {
    address: matrix + first * bytes,
    mirror: isReal(kind) ? matrix + (kind.columns - first) * bytes : 0,
    rowBytes: kind.columns * bytes,
  };
}

function blockTarget(place: SpectrumPlace, bytes: number, { kind }: Workplace): Target {
  if (!place.staged) throw new Error("a result outside kernel memory needs staged columns");
  return {
    address: place.result,
    mirror: isReal(kind) ? place.mirror + (place.columns - 1) * bytes : 0,
    rowBytes: place.columns * bytes,
  };
}

/** Into the block; answers its address. */
function copyLines(
  { member, spectrum }: Workplace,
  { outside, lines }: StagedPlace,
  first: number,
  count: number,
): number {
  const perLine = spectrum.lineBytes / 8;
  const block = viewOf(member.memory, lines, count * perLine, false);
  block.set(outside.subarray(first * perLine, (first + count) * perLine));
  return lines;
}

/** The block of columns, and that of their mirror images (column n - k for column k), into the result. */
function copyResult(
  { kind, member }: Workplace,
  place: StagedPlace,
  form: ResultForm,
  { data }: Numbers,
  first: number,
  count: number,
): void {
  const perElement = resultBytes(form) / 8;
  const width = place.columns * perElement;
  const copy = (block: number, from: number, to: number, columns: number): void => {
    const source = viewOf(member.memory, block, kind.rows * width, false);
    for (let row = 0; row < kind.rows; row += 1) {
      const at = row * width + from * perElement;
      data.set(source.subarray(at, at + columns * perElement), (row * kind.columns + to) * perElement);
    }
  };
  copy(place.result, 0, first, count);
  if (!isReal(kind)) return;
  // Columns 0 and n/2 are their own images and came with the block itself.
  const lowest = Math.max(first, 1);
  const highest = Math.min(first + count, Math.ceil(kind.columns / 2)) - 1;
  if (lowest > highest) return;
  copy(place.mirror, place.columns - 1 - (highest - first), kind.columns - highest, highest - lowest + 1);
}
