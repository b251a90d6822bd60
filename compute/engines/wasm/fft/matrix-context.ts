import { byteLength, type FloatingDtype } from "@sluice/contract/array";
import type { WorkerContext } from "../../threads.ts";
import { group, pointBytes } from "../kernels/abi.ts";
import type { KernelMemory } from "../memory.ts";
import { workingLength } from "./lengths.ts";

/** One kind of transform in two passes: of matrices of these extents, from this kind of numbers. */
export interface MatrixKind {
  readonly rows: number;
  readonly columns: number;
  readonly dtype: FloatingDtype;
  /** Imaginary parts taken for real ones, on the way in and out: the inverse transform. */
  readonly swapped: boolean;
  /** The matrix lies transposed, and is multiplied by roots of unity between the passes: see four-step.ts. */
  readonly fourStep?: RootTables;
}

/** Two tables of roots of unity in kernel memory: powers 0 … 2^shift - 1, and all multiples of 2^shift. */
export interface RootTables {
  readonly address: number;
  readonly shift: number;
}

type Floats = Float64Array | Float32Array;

/** Numbers as every thread gets them. */
export interface Numbers {
  readonly data: Floats;
  /** Byte address of `data` when it lies in kernel memory; its buffer does not tell in other threads. */
  readonly address: number | undefined;
}

export const numbersOf = (data: Floats, memory: KernelMemory): Numbers => ({
  data,
  address: memory.addressOf(data),
});

export function partOf({ data, address }: Numbers, from: number, to: number): Numbers {
  const part = address === undefined ? undefined : address + from * data.BYTES_PER_ELEMENT;
  return { data: data.subarray(from, to), address: part };
}

/**
 * The transforms of the rows, transposed: of each kept column a line of all rows, eight real parts and
 * eight imaginary ones in turn, so that both are on one page. Of real rows only columns 0 … n/2 are
 * kept, as twice their value.
 */
export interface Spectrum {
  readonly columns: number;
  readonly lineBytes: number;
}

/** What one thread needs in both passes of a matrix. */
export interface MatrixContext {
  readonly kind: MatrixKind;
  readonly worker: WorkerContext;
  readonly spectrum: Spectrum;
  /** Eight planes for the lanes of two transforms, from one buffer to another. */
  readonly work: number;
  readonly plane: number;
  readonly rowRecipe: number;
  readonly columnRecipe: number;
  /** Room for a block of input rows, for inputs outside kernel memory. */
  readonly input: RowBlock;
  /** Room for the roots of eight lanes; none but in a four-step transform. */
  readonly laneRoots: number;
}

export interface RowBlock {
  readonly address: number;
  readonly rows: number;
}

/**
 * Room behind a plane for seven more points, which the last group of rows may fill; it also keeps planes from
 * beginning at the same offset of every page, which a cache takes badly.
 */
const stagger = 320;

export const wholeGroups = (count: number): number => Math.ceil(count / group) * group;
export const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Elements between two reports: about a millisecond of work. */
const elementsPerReport = 2 ** 18;
/** Threads get at least so many turns each: unequal ends then matter little. */
const leastTurns = 4;

/** Lines of `length` points, of `lines` in all, that a thread takes at a time. How they are split changes no bit. */
export function linesPerTurn(length: number, lines: number, threads: number): number {
  const reported = elementsPerReport / length;
  const fair = threads === 1 ? lines : lines / (threads * leastTurns);
  return wholeGroups(Math.max(1, Math.min(reported, fair)));
}

export const isReal = ({ dtype }: MatrixKind): boolean => dtype !== "complex128";

export function spectrumOf(kind: MatrixKind): Spectrum {
  const columns = isReal(kind) ? Math.floor(kind.columns / 2) + 1 : kind.columns;
  const rows = wholeGroups(kind.rows);
  return { columns, lineBytes: 16 * (rows % 64 === 0 ? rows + group : rows) };
}

export const planeBytesFor = (points: number): number => pointBytes * points + stagger;

/** Of a block of input rows: an eighth of an L2 cache, unless eight rows take more. */
const inputBytes = 131_072;
/** Where rows lie transposed they are copied point by point: 2 KiB at a time of a million points, not 128 bytes. */
const transposedInputBytes = 2 ** 21;

export const rowBytesOf = ({ columns, dtype }: MatrixKind): number => byteLength({ shape: [columns], dtype });

/** Rows that are copied into kernel memory at a time, where the input lies outside. */
export function rowsPerBlock(kind: MatrixKind): number {
  const bytes = kind.fourStep ? transposedInputBytes : inputBytes;
  const fitting = Math.floor(bytes / rowBytesOf(kind) / group) * group;
  return Math.min(wholeGroups(kind.rows), Math.max(group, fitting));
}

export function writeBytes(bytes: Uint8Array, { memory }: KernelMemory, address: number): void {
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
}

/**
 * Bytes of kernel memory one pass of an fft2 holds besides its arrays: lanes, tables and the spectrum. An upper
 * bound, as a step does not tell its other extent, batch and dtype apart.
 */
export function fftScratchBytes({ size, bytes }: { size: number; bytes: number }): number {
  const transforms = bytes / (32 * size);
  const points = workingLength(size);
  const tables = 16 * (3 * points + size);
  const spectrum = 16 * size * transforms + 16 * 72 * Math.max(size, transforms);
  const inputRows = Math.max(inputBytes, 16 * group * size);
  const finite = 4 * transforms;
  return 8 * planeBytesFor(points) + 2 * tables + spectrum + inputRows + finite + 4096;
}
