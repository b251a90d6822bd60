import { byteLength, type FloatingArray, type FloatingDtype } from "@sluice/contract/array";
import { type ArrayLines, linesAlong } from "../../array-lines.ts";
import { lanes } from "../kernels/abi.ts";
import type { KernelMemory } from "../memory.ts";
import { viewOf } from "../staging.ts";

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
export interface BlockPosition {
  readonly address: number;
  readonly step: number;
  readonly next: number;
  readonly slab: number;
}

/** Bytes of a block: half an L2 cache, unless four lines take more. */
const slabBytes = 2 ** 19;
/** Of lines side by side, which are copied point by point where they have to be: 4 KiB at a time of a thousand. */
const columnBytes = 2 ** 22;
export const blockBytes = columnBytes;
/** Lines side by side that fill whole cache lines. */
const fullest = 8;

/** How arrays with the same lines are cut into blocks. */
interface Cut {
  readonly count: number;
  /** Lines of the largest block. */
  readonly lines: number;
  block(index: number): Block;
}

/** @param mostPoints of a line, in either array */
export function cutIntoBlocks({ lines, inner }: ArrayLines, mostPoints: number): Cut {
  const slabs = lines / inner;
  const lineBytes = mostPoints * byteLength({ shape: [], dtype: "complex128" });
  if (inner === 1 || inner * lineBytes <= slabBytes) {
    const fitting = Math.floor(slabBytes / (inner * lineBytes));
    const most = inner === 1 ? Math.max(lanes, Math.floor(fitting / lanes) * lanes) : Math.max(1, fitting);
    const perBlock = Math.min(slabs, most);
    return {
      count: Math.ceil(slabs / perBlock),
      lines: perBlock * inner,
      block(index) {
        const slab = index * perBlock;
        return { slab, slabs: Math.min(perBlock, slabs - slab), column: 0, columns: inner };
      },
    };
  }
  const fitting = Math.floor(columnBytes / lineBytes / fullest) * fullest;
  const width = Math.min(inner, Math.max(fullest, fitting));
  const perSlab = Math.ceil(inner / width);
  return {
    count: slabs * perSlab,
    lines: width,
    block(index) {
      const column = (index % perSlab) * width;
      const slab = Math.floor(index / perSlab);
      return { slab, slabs: 1, column, columns: Math.min(width, inner - column) };
    },
  };
}

type Floats = Float64Array | Float32Array;

/** An array of lines as every thread gets it. */
export interface LineArray extends ArrayLines {
  readonly data: Floats;
  readonly dtype: FloatingDtype;
  /** Byte address when it lies in kernel memory. */
  readonly address: number | undefined;
}

export function lineArray(
  { shape, dtype, data }: FloatingArray,
  axis: number,
  memory: KernelMemory,
): LineArray {
  return { ...linesAlong(shape, axis), data, dtype, address: memory.addressOf(data) };
}

/** Bytes of the buffer by way of which blocks of so many lines of an array outside kernel memory are copied. */
export const bufferBytes = ({ address, points, dtype }: LineArray, lines: number): number =>
  address === undefined ? lines * points * byteLength({ shape: [], dtype }) : 0;

/** The blocks of an array as one thread's kernels see them: where they are, or copied by way of its buffer. */
export class BlockedArray {
  readonly #array: LineArray;
  readonly #memory: WebAssembly.Memory;
  readonly #buffer: number;

  constructor(array: LineArray, memory: WebAssembly.Memory, buffer: number) {
    this.#array = array;
    this.#memory = memory;
    this.#buffer = buffer;
  }

  /** Where the block is; its numbers are there after `load`, and reach the array by `store`. */
  position({ slab, column, columns }: Block): BlockPosition {
    const { address: base, dtype, points, inner } = this.#array;
    const bytes = byteLength({ shape: [], dtype });
    const width = base === undefined ? columns : inner;
    const address = base === undefined ? this.#buffer : base + (slab * points * inner + column) * bytes;
    return { address, step: width * bytes, next: bytes, slab: points * width * bytes };
  }

  load(block: Block): void {
    this.#copyOutside(block, (outside, buffer) => buffer.set(outside));
  }

  store(block: Block): void {
    this.#copyOutside(block, (outside, buffer) => outside.set(buffer));
  }

  #copyOutside(
    { slab, slabs, column, columns }: Block,
    copy: (outside: Floats, buffer: Floats) => void,
  ): void {
    const { address, dtype, data, points, inner } = this.#array;
    if (address !== undefined) return;
    const perElement = dtype === "complex128" ? 2 : 1;
    const isWhole = columns === inner;
    const pieces = isWhole ? 1 : points;
    const length = (isWhole ? slabs * points * inner : columns) * perElement;
    const buffer = viewOf(this.#memory, this.#buffer, pieces * length, dtype === "float32");
    for (let piece = 0; piece < pieces; piece += 1) {
      const from = ((slab * points + piece) * inner + column) * perElement;
      copy(data.subarray(from, from + length), buffer.subarray(piece * length, (piece + 1) * length));
    }
  }
}
