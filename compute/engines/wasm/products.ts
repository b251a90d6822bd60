import type { OnFraction } from "../../model/on-fraction.ts";
import type { Crew, Share } from "../threads.ts";
import { type Extents, gemm, type Products, packedBytes } from "./gemm.ts";
import { kernelsOn } from "./kernels/kernels.ts";
import type { KernelMemory } from "./memory.ts";
import { Workspace } from "./staging.ts";

/** What the threads of a product work in, whatever it multiplies. */
interface Rooms {
  /** Packed columns of each real matrix on the right. */
  readonly packed: readonly number[];
  /** The threads' own rooms, one behind the other. */
  readonly own: number;
  readonly ownBytes: number;
}

/** A kind of product that a crew shares. */
export interface ProductShare<Task extends Extents> extends Share<Task & Rooms> {
  /** What one of so many threads works with, in its own room. */
  prepare(work: Workspace, task: Task, threads: number): Products;
  /** Whether it is of float32. */
  isSingle(task: Task): boolean;
}

export function productShare<Task extends Extents>(
  name: string,
  prepare: ProductShare<Task>["prepare"],
  isSingle: ProductShare<Task>["isSingle"] = () => false,
): ProductShare<Task> {
  return {
    name,
    prepare,
    isSingle,
    run(task, member) {
      const work = new Workspace(member, task.own + member.who * task.ownBytes);
      gemm(work, task, prepare(work, task, member.of), task.packed, isSingle(task), member);
    },
  };
}

/**
 * Does a product on all threads of a crew, with so many real matrices on its right.
 * @throws RangeError where kernel memory has no room for it
 */
export function multiply<Task extends Extents>(
  share: ProductShare<Task>,
  task: Task,
  rights: number,
  memory: KernelMemory,
  crew: Crew,
  onFraction: OnFraction,
): void {
  const floor = { memory: memory.memory, kernels: kernelsOn(memory.memory) };
  const ownBytes = Workspace.bytes(floor, (work) => share.prepare(work, task, crew.size));
  const each = packedBytes(task, share.isSingle(task));
  const scratch = memory.scratch(rights * each + crew.size * ownBytes);
  const packed = Array.from({ length: rights }, (_, index) => scratch + index * each);
  crew.run(share, { ...task, packed, own: scratch + rights * each, ownBytes }, onFraction);
  memory.freeScratch(scratch);
}
