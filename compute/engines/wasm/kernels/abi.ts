/**
 * What the kernels' generators (source/) and their callers must agree on: the layouts of what lies in kernel memory
 * and the sizes of blocks. The generators print these numbers into AssemblyScript, the callers compute addresses and
 * scratch with them.
 */

/** Bytes of a v128 register. */
export const vectorBytes = 16;

/**
 * gemm.ts: a tile of C is kept in registers. Twelve accumulators, two vectors of B and one of A fill the 16 registers
 * of x86-64: of some twenty shapes tried the fastest, at 9/10 of what 128-bit multiply-adds can give.
 */
export const tileRows = 6;
export const tileVectors = 2;
/** Bytes of one tile of C, on the side, for edges. */
export const tileBytes = tileRows * tileVectors * vectorBytes;
/** Columns of a tile, for elements of so many bytes. */
export const tileColumnsOf = (elementBytes: 4 | 8): number => (tileVectors * vectorBytes) / elementBytes;

/** fft.ts: lines that one transform does side by side, and the bytes of one point of all of them in a plane. */
export const lanes = 4;
export const pointBytes = 8 * lanes;
/** Rows or columns of a matrix done at a time: two transforms of four lanes, a cache line of each. */
export const group = 2 * lanes;
/** Bytes of a complex number. */
export const complexBytes = 16;

/** Radices with a kernel of their own (source/fft/butterflies.ts), in the order a length is divided by them. */
export const radices = [23, 19, 17, 13, 11, 7, 5, 3, 8, 4, 2] as const;
export type Radix = (typeof radices)[number];

/**
 * An FFT recipe begins with i32 words: the length, the points the passes work on, how many passes there are, byte
 * offsets of three tables from the recipe's start, and from word 8 the radices of the passes. A pass divides the
 * length, so 24 radices last beyond 2^31.
 */
export const recipeWords = {
  length: 0,
  padded: 1,
  passes: 2,
  twiddles: 3,
  chirp: 4,
  spectrum: 5,
  radices: 8,
  all: 32,
} as const;

/** The byte offset of a word of the recipe. */
export const recipeByte = (word: Exclude<keyof typeof recipeWords, "all">): number => 4 * recipeWords[word];

/**
 * pcg64.ts: 128-bit numbers, low half first. The states of four streams, each one step on from the last, then the
 * factor and the offset that take each of them four steps on.
 */
export const randomState = { streams: 4, factor: 4, offset: 5, numbers: 6 } as const;
