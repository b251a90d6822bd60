import { type ArraySpec, byteLength, type DenseArray, elementCount, zeros } from "@sluice/contract/array";
import { release as releaseBuffer } from "../../release.ts";

/** Where the operands of WASM kernels live: one shared memory, handed out in pieces. */
export interface KernelMemory {
  readonly memory: WebAssembly.Memory;
  /**
   * A new array, zeroed unless all of it is written anyway: in kernel memory when it fits there, else
   * in an ArrayBuffer of its own.
   */
  array(spec: ArraySpec, zeroed?: boolean): DenseArray;
  /** Gives the array's bytes back; arrays this memory did not make are ignored. */
  release(array: DenseArray): void;
  /** Byte address of a view that lies in kernel memory, else undefined. */
  addressOf(view: ArrayBufferView): number | undefined;
  /**
   * Room for a kernel to work in, 64-byte aligned, with whatever bytes were there before.
   * @throws RangeError "Array buffer allocation failed" when it does not fit
   */
  scratch(bytes: number): number;
  freeScratch(address: number): void;
  /** An array as its new owner may keep it: copied out when this memory will be used again. */
  handOver(array: DenseArray): DenseArray;
  /** Ends its use: the thread's next run may overwrite all of it. */
  close(): void;
}

const pageBytes = 65_536;
/** A cache line, so that no two arrays share one. */
const alignment = 64;
/** 32-bit addresses, without the last page: no end address wraps to zero. */
const mostBytes = 2 ** 32 - pageBytes;
/** Unused: a null pointer in a kernel hits nothing, and data segments have their place. */
const firstAddress = pageBytes;
/**
 * A thread keeps its last memory for its next run, up to this size: on a virtual machine touching fresh
 * pages was seen to take 13 µs each, 3.3 ms a MiB, which is more than the arithmetic of any fft2.
 */
const mostKept = 2 ** 30;
/** So that runs of different sizes find the kept memory large enough. Virtual until touched. */
const leastKept = 2 ** 28;
/** Room beyond the plan's peak, as pieces of different sizes never fill a memory. Virtual until touched. */
const slack = 1.25;
/** Kept free of arrays, for kernels to work in. */
const scratchBytes = 64 * 2 ** 20;
/** The same in a memory too small for all arrays, which are then staged in large blocks. */
const stagingBytes = 512 * 2 ** 20;

interface Hole {
  readonly start: number;
  readonly end: number;
}

const roundUp = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/** First fit over a sorted list of holes: a job has a handful of arrays, so simple is fast. */
class Arena implements KernelMemory {
  readonly memory: WebAssembly.Memory;
  readonly #kept: boolean;
  readonly #reserve: number;
  readonly #sizes = new Map<number, number>();
  readonly #outside = new WeakSet<ArrayBufferLike>();
  #holes: Hole[];
  /** Bytes from here on were never handed out and are still zero. */
  #untouched = firstAddress;

  constructor(bytes: number, reserve: number, kept = false) {
    const pages = roundUp(bytes, pageBytes) / pageBytes;
    this.memory = newMemory(pages);
    this.#kept = kept;
    this.#reserve = reserve;
    this.#holes = [{ start: firstAddress, end: pages * pageBytes }];
  }

  array(spec: ArraySpec, zeroed = true): DenseArray {
    const bytes = byteLength(spec);
    const address = this.#take(bytes, this.#reserve);
    if (address === undefined) {
      const array = zeros(spec);
      this.#outside.add(array.data.buffer);
      return array;
    }
    const { shape, dtype } = spec;
    const length = elementCount(shape) * (dtype === "complex128" ? 2 : 1);
    const View = dtype === "float32" ? Float32Array : Float64Array;
    const data = new View(this.memory.buffer, address, length);
    if (zeroed && address < this.#untouched) data.fill(0);
    this.#untouched = Math.max(this.#untouched, address + bytes);
    return { shape: [...shape], dtype, data };
  }

  release(array: DenseArray): void {
    const address = this.addressOf(array.data);
    if (address !== undefined) this.#give(address);
    else if (this.#outside.delete(array.data.buffer)) releaseBuffer(array);
  }

  addressOf(view: ArrayBufferView): number | undefined {
    return view.buffer === this.memory.buffer ? view.byteOffset : undefined;
  }

  scratch(bytes: number): number {
    const address = this.#take(bytes);
    if (address === undefined) throw new RangeError("Array buffer allocation failed");
    this.#untouched = Math.max(this.#untouched, address + bytes);
    return address;
  }

  freeScratch(address: number): void {
    this.#give(address);
  }

  handOver(array: DenseArray): DenseArray {
    if (!this.#kept || this.addressOf(array.data) === undefined) return array;
    // Not slice(): on shared memory V8 copies 25 times slower by it (35 ms for 8 MiB).
    const copy = zeros(array);
    copy.data.set(array.data);
    this.release(array);
    return copy;
  }

  close(): void {
    if (!this.#kept) return;
    this.#sizes.clear();
    this.#holes = [{ start: firstAddress, end: this.memory.buffer.byteLength }];
    idle = this;
  }

  #take(bytes: number, leaving = 0): number | undefined {
    // An empty array still gets an address of its own.
    const size = Math.max(alignment, roundUp(bytes, alignment));
    const index = this.#holes.findIndex(({ start, end }) => end - start >= size);
    if (index === -1) return undefined;
    const { start, end } = this.#holes[index];
    const leaves = (hole: Hole, at: number) => hole.end - hole.start - (at === index ? size : 0) >= leaving;
    if (leaving > 0 && !this.#holes.some(leaves)) return undefined;
    const rest = start + size < end ? [{ start: start + size, end }] : [];
    this.#holes.splice(index, 1, ...rest);
    this.#sizes.set(start, size);
    return start;
  }

  #give(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) return;
    this.#sizes.delete(address);
    const holes = [...this.#holes, { start: address, end: address + size }].sort((a, b) => a.start - b.start);
    this.#holes = [];
    for (const hole of holes) {
      const last = this.#holes.at(-1);
      if (last?.end === hole.start)
        this.#holes[this.#holes.length - 1] = { start: last.start, end: hole.end };
      else this.#holes.push(hole);
    }
  }
}

/** Pages are committed by the system when first touched: all of them from the start cost nothing. */
function newMemory(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    throw new RangeError("Array buffer allocation failed", { cause: error });
  }
}

/** The thread's kept memory between two runs. */
let idle: Arena | undefined;

/**
 * Memory for one run, closed by its user.
 * @param bytes what is alive at most: arrays that find no room, as beyond 4 GiB, are made outside
 */
export function kernelMemory(bytes: number): KernelMemory {
  const wanted = firstAddress + Math.ceil(bytes * slack) + scratchBytes;
  if (wanted > mostBytes) return new Arena(mostBytes, stagingBytes);
  if (wanted > mostKept) return new Arena(wanted, scratchBytes);
  const kept = idle;
  idle = undefined;
  if (kept && kept.memory.buffer.byteLength >= wanted) return kept;
  return new Arena(Math.max(leastKept, 2 ** Math.ceil(Math.log2(wanted))), scratchBytes, true);
}

/** A memory for scratch alone, so that every array lies outside: how tests force staging. */
export function stagingMemory(bytes: number): KernelMemory {
  return new Arena(firstAddress + bytes, firstAddress + bytes);
}
