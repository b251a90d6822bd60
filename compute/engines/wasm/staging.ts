import type { FloatingArray } from "@sluice/contract/array";
import type { WorkerContext } from "../threads.ts";
import type { Kernels } from "./kernels/kernels.ts";
import type { KernelMemory } from "./memory.ts";

type Floats = Float64Array | Float32Array;

/** Dense rows, `stride` numbers apart; number 0 of row 0 is at `offset`. Plain data: any thread may get it. */
export interface Rows {
  readonly data: Floats;
  /** Byte address of `data` when it lies in kernel memory. Its buffer does not tell: each thread has its own object for it. */
  readonly address: number | undefined;
  readonly offset: number;
  readonly stride: number;
}

/** A block in kernel memory: byte address of its first number, and numbers from row to row. */
export interface Block {
  readonly address: number;
  readonly stride: number;
}

/** A matrix of real numbers that puts any block of itself where kernels can read it. */
export interface Operand {
  stage(row: number, rows: number, column: number, columns: number): Block;
}

/** The numbers of a matrix as rows; complex128 has two per element. */
export function rowsOf({ shape, dtype, data }: FloatingArray, memory: KernelMemory): Rows {
  const stride = shape[1] * (dtype === "complex128" ? 2 : 1);
  return { data, address: memory.addressOf(data), offset: 0, stride };
}

/** All numbers of an array in one row. */
export function lineOf({ data }: FloatingArray, memory: KernelMemory): Rows {
  return { data, address: memory.addressOf(data), offset: 0, stride: data.length };
}

/** The scratch of one thread in kernel memory; `take` gives it out from its start, aligned to cache lines. */
export class Workspace {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  #next: number;

  constructor({ memory, kernels }: Pick<WorkerContext, "memory" | "kernels">, address: number) {
    this.memory = memory;
    this.kernels = kernels;
    this.#next = address;
  }

  take(bytes: number): number {
    const address = this.#next;
    this.#next += Math.ceil(bytes / 64) * 64;
    return address;
  }

  /** Bytes that `prepare` takes. */
  static bytes(
    context: Pick<WorkerContext, "memory" | "kernels">,
    prepare: (work: Workspace) => unknown,
  ): number {
    const work = new Workspace(context, 0);
    prepare(work);
    return work.#next;
  }
}

/** Copies rows into kernel memory side by side; float32 becomes float64 when `View` says so. */
export function copyIn(
  { data, offset, stride }: Rows,
  [row, rows]: readonly [number, number],
  [column, columns]: readonly [number, number],
  to: Floats,
): void {
  const start = offset + row * stride + column;
  if (columns === stride) {
    to.set(data.subarray(start, start + rows * columns));
    return;
  }
  for (let index = 0; index < rows; index += 1) {
    const from = start + index * stride;
    to.set(data.subarray(from, from + columns), index * columns);
  }
}

/** The way back. */
export function copyOut(
  { data, offset, stride }: Rows,
  [row, rows]: readonly [number, number],
  [column, columns]: readonly [number, number],
  from: Floats,
): void {
  const start = offset + row * stride + column;
  for (let index = 0; index < rows; index += 1) {
    data.set(from.subarray(index * columns, (index + 1) * columns), start + index * stride);
  }
}

/** Numbers of the kernels' kind at an address. */
export function viewOf(memory: WebAssembly.Memory, address: number, length: number, single: boolean): Floats {
  const { buffer } = memory;
  return single ? new Float32Array(buffer, address, length) : new Float64Array(buffer, address, length);
}

/**
 * Real rows as an operand: where they are when they lie in kernel memory in the kernels' precision, else
 * copied block by block, `most` numbers at a time.
 */
export function realOperand(work: Workspace, source: Rows, most: number, single = false): Operand {
  const bytes = single ? 4 : 8;
  const base = source.address;
  if (base !== undefined && source.data.BYTES_PER_ELEMENT === bytes) {
    const { offset, stride } = source;
    return {
      stage: (row, _rows, column) => ({ address: base + (offset + row * stride + column) * bytes, stride }),
    };
  }
  const address = work.take(most * bytes);
  return {
    stage(row, rows, column, columns) {
      copyIn(source, [row, rows], [column, columns], viewOf(work.memory, address, rows * columns, single));
      return { address, stride: columns };
    },
  };
}

/** One plane of interleaved complex rows as a real operand, times a sign. */
export function planeOperand(
  work: Workspace,
  source: Rows,
  part: 0 | 1,
  sign: 1 | -1,
  most: number,
): Operand {
  const interleaved = realOperand(work, source, 2 * most);
  const address = work.take(most * 8);
  return {
    stage(row, rows, column, columns) {
      const block = interleaved.stage(row, rows, 2 * column, 2 * columns);
      work.kernels.gemm.takePlane(block.address + 8 * part, block.stride, rows, columns, sign, address);
      return { address, stride: columns };
    },
  };
}
