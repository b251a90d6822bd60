import { type DenseArray, zeros } from "@sluice/contract/array";
import { release } from "../../release.ts";
import {
  type Fft2Kind,
  group,
  type RowBlock,
  rowBytesOf,
  type Spectrum,
  type Workplace,
  wholeGroups,
} from "./fft-workplace.ts";
import type { KernelMemory } from "./memory.ts";

/** Where the spectrum of the matrix at hand is: in kernel memory, or outside with blocks of it inside. */
export type SpectrumPlace = InsidePlace | StagedPlace;

export interface InsidePlace {
  readonly staged: false;
  readonly address: number;
  close(): void;
}

export interface StagedPlace {
  readonly staged: true;
  readonly outside: DenseArray["data"];
  readonly input: RowBlock;
  /** A block of the spectrum: of `input.rows` rows in the first pass, of `columns` columns in the second. */
  readonly lines: number;
  readonly columns: number;
  /** Blocks of the result, `columns` wide, and of its mirror image. */
  readonly result: number;
  readonly mirror: number;
  close(): void;
}

export function insidePlace({ memory, spectrum }: Workplace): InsidePlace | undefined {
  const address = scratchIfRoom(memory, spectrum.columns * spectrum.lineBytes);
  return address === undefined
    ? undefined
    : { staged: false, address, close: () => memory.freeScratch(address) };
}

/** Narrower blocks cost more: 16 columns at a time take 1.6 times as long as 256. */
const widest = { rows: 64, columns: 256 };

/** @throws RangeError when kernel memory has no room for the narrowest blocks */
export function stagedPlace({ kind, memory, spectrum }: Workplace, resultBytes: 8 | 16): StagedPlace {
  let rows = Math.min(widest.rows, wholeGroups(kind.rows));
  let columns = Math.min(widest.columns, wholeGroups(spectrum.columns));
  for (; ; rows = halved(rows), columns = halved(columns)) {
    const isNarrowest = rows === group && columns === group;
    const sizes = blockSizes(kind, spectrum, rows, columns, resultBytes);
    const address = isNarrowest ? memory.scratch(sizes.total) : scratchIfRoom(memory, sizes.total);
    if (address === undefined) continue;
    const outside = zeros({ shape: [(spectrum.columns * spectrum.lineBytes) / 8], dtype: "float64" });
    return {
      staged: true,
      outside: outside.data,
      input: { address: address + sizes.lines, rows },
      lines: address,
      columns,
      result: address + sizes.lines,
      mirror: address + sizes.lines + sizes.result,
      close() {
        memory.freeScratch(address);
        release(outside);
      },
    };
  }
}

const halved = (count: number): number => wholeGroups(count / 2);

/** The first pass needs lines and input, the second lines and twice the result. */
function blockSizes(kind: Fft2Kind, spectrum: Spectrum, rows: number, columns: number, resultBytes: number) {
  const lines = Math.max(16 * rows * spectrum.columns, columns * spectrum.lineBytes);
  const result = columns * kind.rows * resultBytes;
  return { lines, result, total: lines + Math.max(rows * rowBytesOf(kind), 2 * result) };
}

function scratchIfRoom(memory: KernelMemory, bytes: number): number | undefined {
  try {
    return memory.scratch(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
