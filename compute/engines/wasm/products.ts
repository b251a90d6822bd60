import type { OnFraction } from "../../model/on-fraction.ts";
import type { ParallelTask, ThreadPool } from "../threads.ts";
import { type Extents, gemm, type Products, packedBytes } from "./gemm.ts";
import { kernelsOn } from "./kernels/kernels.ts";
import type { KernelMemory } from "./memory.ts";
import { Workspace } from "./staging.ts";

/** Scratch of any product: packed columns common to all threads, then the blocks of each thread. */
interface Scratch {
  /** Packed columns of each real matrix on the right. */
  readonly packed: readonly number[];
  /** The scratch of the threads, one after the other. */
  readonly own: number;
  readonly ownBytes: number;
}

/** A kind of product that a pool shares. */
export interface ProductTask<Args extends Extents> extends ParallelTask<Args & Scratch> {
  /** The operands, destination and scratch of one of so many threads. */
  prepare(work: Workspace, args: Args, threads: number): Products;
  /** Whether it is of float32. */
  isSingle(args: Args): boolean;
}

export function productTask<Args extends Extents>(
  name: string,
  prepare: ProductTask<Args>["prepare"],
  isSingle: ProductTask<Args>["isSingle"] = () => false,
): ProductTask<Args> {
  return {
    name,
    prepare,
    isSingle,
    run(args, worker) {
      const work = new Workspace(worker, args.own + worker.rank * args.ownBytes);
      gemm(work, args, prepare(work, args, worker.size), args.packed, isSingle(args), worker);
    },
  };
}

/**
 * Does a product on all threads of a pool, with so many real matrices on its right.
 * @throws RangeError where kernel memory has no room for it
 */
export function multiply<Args extends Extents>(
  task: ProductTask<Args>,
  args: Args,
  rights: number,
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): void {
  const context = { memory: memory.memory, kernels: kernelsOn(memory.memory) };
  const ownBytes = Workspace.bytes(context, (work) => task.prepare(work, args, pool.size));
  const each = packedBytes(args, task.isSingle(args));
  const scratch = memory.scratch(rights * each + pool.size * ownBytes);
  const packed = Array.from({ length: rights }, (_, index) => scratch + index * each);
  pool.run(task, { ...args, packed, own: scratch + rights * each, ownBytes }, onFraction);
  memory.freeScratch(scratch);
}
