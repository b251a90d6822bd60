import { group } from "../kernels/abi.ts";
import type { Workspace } from "../staging.ts";
import {
  type MatrixKind,
  type RowBlock,
  rowBytesOf,
  type Spectrum,
  spectrumOf,
  wholeGroups,
} from "./matrix-context.ts";

/** Where the spectrum of a matrix lies for one thread: in kernel memory, or outside it and copied block by block. */
export type SpectrumLocation = ResidentSpectrum | StagedSpectrum;

export interface ResidentSpectrum {
  readonly staged: false;
  readonly address: number;
}

export interface StagedSpectrum {
  readonly staged: true;
  readonly outside: Float64Array | Float32Array;
  readonly input: RowBlock;
  /** A block of the spectrum: of `input.rows` rows in the first pass, of `columns` columns in the second. */
  readonly lines: number;
  readonly columns: number;
  /** Blocks of the result, `columns` wide, and of its mirror image. */
  readonly result: number;
  readonly mirror: number;
}

/** Extents of the blocks that are copied: rows of the first pass, columns of the second. */
export interface BlockExtents {
  readonly rows: number;
  readonly columns: number;
}

/** Narrower blocks cost more: 16 columns at a time take 1.6 times as long as 256. */
const widest: BlockExtents = { rows: 64, columns: 256 };

/** Ever narrower blocks, to the narrowest. */
export function* blockExtents(kind: MatrixKind): Generator<BlockExtents> {
  let rows = Math.min(widest.rows, wholeGroups(kind.rows));
  let columns = Math.min(widest.columns, wholeGroups(spectrumOf(kind).columns));
  yield { rows, columns };
  while (rows > group || columns > group) {
    [rows, columns] = [wholeGroups(rows / 2), wholeGroups(columns / 2)];
    yield { rows, columns };
  }
}

/** Bytes of one thread's blocks: the first pass needs lines and input, the second lines and twice the result. */
export function blockSizes(
  kind: MatrixKind,
  spectrum: Spectrum,
  { rows, columns }: BlockExtents,
  resultBytes: 8 | 16,
) {
  const lines = Math.max(16 * rows * spectrum.columns, columns * spectrum.lineBytes);
  const result = columns * kind.rows * resultBytes;
  return { lines, result, total: lines + Math.max(rows * rowBytesOf(kind), 2 * result) };
}

/** The blocks of one thread, in its own scratch. */
export function stagedSpectrum(
  work: Workspace,
  kind: MatrixKind,
  outside: Float64Array | Float32Array,
  extents: BlockExtents,
  resultBytes: 8 | 16,
): StagedSpectrum {
  const sizes = blockSizes(kind, spectrumOf(kind), extents, resultBytes);
  const address = work.take(sizes.total);
  return {
    staged: true,
    outside,
    input: { address: address + sizes.lines, rows: extents.rows },
    lines: address,
    columns: extents.columns,
    result: address + sizes.lines,
    mirror: address + sizes.lines + sizes.result,
  };
}
