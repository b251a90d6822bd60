import {
  type ArrayOf,
  type ArraySpec,
  arrayOver,
  byteLength,
  type DenseArray,
  type Dtype,
  type FloatingArray,
} from "@sluice/contract/array";
import { upperExponent } from "../../math/exponent.ts";
import { FirstFit } from "./first-fit.ts";
import { OutsideArrays } from "./outside-arrays.ts";

/** Where the operands of WASM kernels live: one shared memory, handed out in pieces. */
export interface KernelMemory {
  readonly memory: WebAssembly.Memory;
  /**
   * A new array, zeroed unless all of it is written anyway: in kernel memory when it fits there, else
   * in an ArrayBuffer of its own.
   */
  array<Of extends Dtype>(spec: ArraySpec<Of>, zeroed?: boolean): ArrayOf<Of>;
  /** A new array outside kernel memory, with whatever was there before; all threads can reach it. */
  outside<Of extends Dtype>(spec: ArraySpec<Of>): ArrayOf<Of>;
  /** The array where a pool of this size reaches it: itself, or a copy that is released like any other. */
  common(array: FloatingArray, pool: { readonly size: number }): FloatingArray;
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
/** The first page holds no arrays: a null pointer in a kernel hits nothing, and the modules' data segments lie there. */
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
/** Kept free of arrays, as scratch for kernels; each further thread has scratch of its own. */
const scratchBytes = 64 * 2 ** 20;
const scratchPerHelper = 32 * 2 ** 20;
/** The same in a memory too small for all arrays, which are then staged in large blocks. */
const stagingBytes = 512 * 2 ** 20;

/**
 * Not slice(), which took up to 25 times as long on shared memory, and not zeros() and set(), which write all
 * of it twice: 1.3 ms for 16 MiB, against 2.3.
 */
function copyOf(array: DenseArray): DenseArray {
  const { shape } = array;
  if (array.dtype === "int64") return { shape, dtype: array.dtype, data: new BigInt64Array(array.data) };
  if (array.dtype === "bool") return { shape, dtype: array.dtype, data: new Uint8Array(array.data) };
  const { dtype, data } = array;
  return {
    shape,
    dtype,
    data: data instanceof Float32Array ? new Float32Array(data) : new Float64Array(data),
  };
}

/** The memory of one run on one thread or on several. */
class Arena implements KernelMemory {
  readonly memory: WebAssembly.Memory;
  readonly #kept: boolean;
  readonly #reserve: number;
  readonly #pieces: FirstFit;
  readonly #outside: OutsideArrays;
  /** Bytes from here on were never handed out and are still zero. */
  #untouched = firstAddress;

  constructor(bytes: number, reserve: number, outside: OutsideArrays, kept = false) {
    const pages = Math.ceil(bytes / pageBytes);
    this.memory = newMemory(pages);
    this.#kept = kept;
    this.#reserve = reserve;
    this.#outside = outside;
    this.#pieces = new FirstFit(firstAddress, pages * pageBytes, alignment);
  }

  array<Of extends Dtype>(spec: ArraySpec<Of>, zeroed = true): ArrayOf<Of> {
    const bytes = byteLength(spec);
    const address = this.#pieces.take(bytes, this.#reserve);
    if (address === undefined) return this.#outside.array(spec, zeroed);
    if (zeroed && address < this.#untouched) new Uint8Array(this.memory.buffer, address, bytes).fill(0);
    this.#untouched = Math.max(this.#untouched, address + bytes);
    return arrayOver(spec, this.memory.buffer, address);
  }

  outside<Of extends Dtype>(spec: ArraySpec<Of>): ArrayOf<Of> {
    return this.#outside.array(spec, false);
  }

  common(array: FloatingArray, { size }: { size: number }): FloatingArray {
    if (size === 1 || array.data.buffer instanceof SharedArrayBuffer) return array;
    const copy = this.array(array, false);
    copy.data.set(array.data);
    return copy;
  }

  release(array: DenseArray): void {
    const address = this.addressOf(array.data);
    if (address !== undefined) this.#pieces.give(address);
    else this.#outside.release(array);
  }

  addressOf(view: ArrayBufferView): number | undefined {
    return view.buffer === this.memory.buffer ? view.byteOffset : undefined;
  }

  scratch(bytes: number): number {
    const address = this.#pieces.take(bytes);
    if (address === undefined) throw new RangeError("Array buffer allocation failed");
    this.#untouched = Math.max(this.#untouched, address + bytes);
    return address;
  }

  freeScratch(address: number): void {
    this.#pieces.give(address);
  }

  handOver(array: DenseArray): DenseArray {
    if (!this.#kept || this.addressOf(array.data) === undefined) return array;
    const copy = copyOf(array);
    this.release(array);
    return copy;
  }

  close(): void {
    if (!this.#kept) return;
    this.#pieces.giveAll();
    idle = this;
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
 * @param threads that are to reach all of it
 */
export function kernelMemory(bytes: number, threads = 1): KernelMemory {
  const outside = new OutsideArrays(threads > 1);
  const scratch = scratchBytes + scratchPerHelper * (threads - 1);
  const wanted = firstAddress + Math.ceil(bytes * slack) + scratch;
  if (wanted > mostBytes) return new Arena(mostBytes, Math.max(stagingBytes, scratch), outside);
  if (wanted > mostKept || threads > 1) return new Arena(wanted, scratch, outside);
  const kept = idle;
  idle = undefined;
  if (kept && kept.memory.buffer.byteLength >= wanted) return kept;
  return new Arena(Math.max(leastKept, 2 ** upperExponent(wanted)), scratch, outside, true);
}

/** A memory for scratch alone, so that every array lies outside: how tests force staging. */
export function stagingMemory(bytes: number, threads = 1): KernelMemory {
  return new Arena(firstAddress + bytes, firstAddress + bytes, new OutsideArrays(threads > 1));
}
