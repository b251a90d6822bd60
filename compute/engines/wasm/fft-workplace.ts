import { workingLength } from "./fft-lengths.ts";
import { recipeFor } from "./fft-recipe.ts";
import type { Kernels } from "./kernels.ts";
import type { KernelMemory } from "./memory.ts";

/** One kind of fft2: matrices of these extents, from this kind of numbers. */
export interface Fft2Kind {
  readonly rows: number;
  readonly columns: number;
  readonly dtype: "float64" | "float32" | "complex128";
  /** Imaginary parts taken for real ones, on the way in and out: the inverse transform. */
  readonly swapped: boolean;
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

/** What both passes work with, in kernel memory; matrices of one kind take turns in it. */
export interface Workplace {
  readonly kind: Fft2Kind;
  readonly memory: KernelMemory;
  readonly kernels: Kernels["fft"];
  readonly spectrum: Spectrum;
  /** Eight planes for the lanes of two transforms, from one buffer to another. */
  readonly work: number;
  readonly plane: number;
  readonly rowRecipe: number;
  readonly columnRecipe: number;
  /** Room for a block of input rows, for inputs outside kernel memory. */
  readonly input: RowBlock;
  close(): void;
}

export interface RowBlock {
  readonly address: number;
  readonly rows: number;
}

/** Eight rows or columns are done at a time: two transforms of four lanes, a cache line of each. */
export const group = 8;

/**
 * Room behind a plane for seven more points, which the last group of rows may fill; it also keeps planes from
 * beginning at the same place of every page, which a cache takes badly.
 */
const stagger = 320;

export const wholeGroups = (count: number): number => Math.ceil(count / group) * group;
export const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

export const isReal = ({ dtype }: Fft2Kind): boolean => dtype !== "complex128";

export function spectrumOf(kind: Fft2Kind): Spectrum {
  const columns = isReal(kind) ? Math.floor(kind.columns / 2) + 1 : kind.columns;
  const rows = wholeGroups(kind.rows);
  return { columns, lineBytes: 16 * (rows % 64 === 0 ? rows + group : rows) };
}

export const planeBytesFor = (points: number): number => 32 * points + stagger;

/** Of a block of input rows: an eighth of an L2 cache, unless eight rows take more. */
const inputBytes = 131_072;

export const rowBytesOf = ({ columns, dtype }: Fft2Kind): number => columns * bytesPerElement[dtype];
const bytesPerElement = { float64: 8, float32: 4, complex128: 16 };

/** @throws RangeError when kernel memory has no room for the work on eight lines */
export function openWorkplace(kind: Fft2Kind, memory: KernelMemory, kernels: Kernels): Workplace {
  const rowRecipe = recipeFor(kind.columns, memory, kernels);
  const columnRecipe = recipeFor(kind.rows, memory, kernels);
  const plane = planeBytesFor(Math.max(rowRecipe.padded, columnRecipe.padded));
  const fitting = Math.floor(inputBytes / rowBytesOf(kind) / group) * group;
  const inputRows = Math.min(wholeGroups(kind.rows), Math.max(group, fitting));
  const sizes = [8 * plane, rowRecipe.bytes.length, columnRecipe.bytes.length, inputRows * rowBytesOf(kind)];
  const work = memory.scratch(sizes.reduce((sum, size) => sum + aligned(size), 0));
  const rowRecipeAt = work + aligned(sizes[0]);
  const columnRecipeAt = rowRecipeAt + aligned(sizes[1]);
  placeBytes(rowRecipe.bytes, memory, rowRecipeAt);
  placeBytes(columnRecipe.bytes, memory, columnRecipeAt);
  return {
    kind,
    memory,
    kernels: kernels.fft,
    spectrum: spectrumOf(kind),
    work,
    plane,
    rowRecipe: rowRecipeAt,
    columnRecipe: columnRecipeAt,
    input: { address: columnRecipeAt + aligned(sizes[2]), rows: inputRows },
    close: () => memory.freeScratch(work),
  };
}

export function placeBytes(bytes: Uint8Array, { memory }: KernelMemory, address: number): void {
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
}

/**
 * Bytes of kernel memory an fft step holds besides its arrays: lanes, tables and the spectrum. An upper
 * bound, as a step does not tell its other extent, batch and dtype apart.
 */
export function fftScratchBytes({ size, bytes }: { size: number; bytes: number }): number {
  const transforms = bytes / (32 * size);
  const points = workingLength(size);
  const tables = 16 * (3 * points + size);
  const spectrum = 16 * size * transforms + 16 * 72 * Math.max(size, transforms);
  const inputRows = Math.max(inputBytes, 16 * group * size);
  return 8 * planeBytesFor(points) + 2 * tables + spectrum + inputRows + 4096;
}
