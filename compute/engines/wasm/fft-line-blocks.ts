import type { DenseArray } from "@sluice/contract/array";
import { type ArrayLines, linesAlong } from "../array-lines.ts";
import type { KernelMemory } from "./memory.ts";

/**
 * Lines worked on together: either whole slabs (all lines of some indices of the axes before), which are
 * contiguous, or some lines side by side of one slab.
 */
interface Block {
  readonly slab: number;
  readonly slabs: number;
  /** Of lines side by side, and how many. */
  readonly column: number;
  readonly columns: number;
}

/** Where a kernel finds the lines of a block: bytes from point to point, line to line and slab to slab. */
export interface BlockPlace {
  readonly address: number;
  readonly step: number;
  readonly next: number;
  readonly slab: number;
}

/** Bytes of a block: half an L2 cache, unless four lines take more. */
const blockBytes = 2 ** 19;
/** Lanes of a kernel, and lines side by side that fill whole cache lines. */
const [lanes, fullest] = [4, 8];

const bytesPerElement = { float64: 8, float32: 4, complex128: 16 } as const;

/** How two arrays with the same lines are cut into blocks. */
export interface Cut {
  readonly count: number;
  readonly elements: (points: number) => number;
  block(index: number): Block;
}

export function cutIntoBlocks({ lines, inner }: ArrayLines, mostPoints: number): Cut {
  const slabs = lines / inner;
  const lineBytes = mostPoints * bytesPerElement.complex128;
  if (inner === 1 || inner * lineBytes <= blockBytes) {
    const fitting = Math.floor(blockBytes / (inner * lineBytes));
    const most = inner === 1 ? Math.max(lanes, Math.floor(fitting / lanes) * lanes) : Math.max(1, fitting);
    const perBlock = Math.min(slabs, most);
    return {
      count: Math.ceil(slabs / perBlock),
      elements: (points) => perBlock * inner * points,
      block(index) {
        const slab = index * perBlock;
        return { slab, slabs: Math.min(perBlock, slabs - slab), column: 0, columns: inner };
      },
    };
  }
  const fitting = Math.floor(blockBytes / lineBytes / fullest) * fullest;
  const width = Math.min(inner, Math.max(fullest, fitting));
  const perSlab = Math.ceil(inner / width);
  return {
    count: slabs * perSlab,
    elements: (points) => width * points,
    block(index) {
      const column = (index % perSlab) * width;
      const slab = Math.floor(index / perSlab);
      return { slab, slabs: 1, column, columns: Math.min(width, inner - column) };
    },
  };
}

/** One of two arrays whose blocks kernels see: in kernel memory, or copied by way of a buffer there. */
export class BlockedArray {
  readonly #array: DenseArray;
  readonly #lines: ArrayLines;
  readonly #memory: KernelMemory;
  readonly #base: number | undefined;
  readonly #buffer: number;

  /** @param buffer room for the elements of a block, where the array is outside kernel memory */
  constructor(array: DenseArray, axis: number, memory: KernelMemory, buffer: number) {
    this.#array = array;
    this.#lines = linesAlong(array.shape, axis);
    this.#memory = memory;
    this.#base = memory.addressOf(array.data);
    this.#buffer = buffer;
  }

  /** Where the block is; its numbers are there after `load`, and reach the array by `store`. */
  place(block: Block): BlockPlace {
    const bytes = bytesPerElement[this.#array.dtype];
    const { points, inner } = this.#lines;
    const width = this.#base === undefined ? block.columns : inner;
    const address =
      this.#base === undefined
        ? this.#buffer
        : this.#base + (block.slab * points * inner + block.column) * bytes;
    return { address, step: width * bytes, next: bytes, slab: points * width * bytes };
  }

  load(block: Block): void {
    if (this.#base === undefined) this.#copy(block, (outside, buffer) => buffer.set(outside));
  }

  store(block: Block): void {
    if (this.#base === undefined) this.#copy(block, (outside, buffer) => outside.set(buffer));
  }

  #copy({ slab, slabs, column, columns }: Block, copy: (outside: Floats, buffer: Floats) => void): void {
    const { dtype, data } = this.#array;
    const { points, inner } = this.#lines;
    const perElement = dtype === "complex128" ? 2 : 1;
    const View = dtype === "float32" ? Float32Array : Float64Array;
    const isWhole = columns === inner;
    const pieces = isWhole ? 1 : points;
    const length = (isWhole ? slabs * points * inner : columns) * perElement;
    const buffer = new View(this.#memory.memory.buffer, this.#buffer, pieces * length);
    for (let piece = 0; piece < pieces; piece += 1) {
      const from = ((slab * points + piece) * inner + column) * perElement;
      copy(data.subarray(from, from + length), buffer.subarray(piece * length, (piece + 1) * length));
    }
  }
}

type Floats = Float64Array | Float32Array;
