import { elementCount, type FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import type { ParallelTask, ThreadPool } from "../threads.ts";
import type { KernelMemory } from "./memory.ts";
import { lineOf, type Rows, viewOf, Workspace } from "./staging.ts";

/** Elements in one turn of a thread, and between two reports. */
const perTurn = 2 ** 18;
/** Elements staged at a time when an array lies outside kernel memory: 96 KiB, in and out. */
const staged = 4096;
const ownBytes = staged * 24;

interface Args {
  readonly a: Rows;
  readonly result: Rows;
  readonly count: number;
  readonly own: number;
}

export const absoluteTask: ParallelTask<Args> = {
  name: "absolute",
  run({ a, result, count, own }, worker) {
    const work = new Workspace(worker, own + worker.rank * ownBytes);
    const blockOf = { a: work.take(staged * 16), result: work.take(staged * 8) };
    const [from, to] = [a.address, result.address];
    const step = from === undefined || to === undefined ? staged : perTurn;
    for (let turn = worker.take() * perTurn; turn < count; turn = worker.take() * perTurn) {
      const end = Math.min(count, turn + perTurn);
      for (let first = turn; first < end; first += step) {
        const now = Math.min(step, end - first);
        if (from === undefined) {
          const numbers = a.data.subarray(2 * first, 2 * (first + now));
          viewOf(worker.memory, blockOf.a, 2 * now, false).set(numbers);
        }
        worker.kernels.fft.absolute(
          from === undefined ? blockOf.a : from + 16 * first,
          now,
          to === undefined ? blockOf.result : to + 8 * first,
        );
        if (to === undefined) result.data.set(viewOf(worker.memory, blockOf.result, now, false), first);
      }
      worker.onFraction(end / count);
    }
  },
};

/**
 * Magnitude of a complex128 array as float64, over the whole range of exponents, as numpy.abs: an infinite
 * part makes infinity, even beside a NaN.
 * @throws RangeError when memory for the result is not to be had
 */
export function absolute(
  a: FloatingArray,
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): FloatingArray {
  const count = elementCount(a.shape);
  const result = memory.array({ shape: a.shape, dtype: "float64" }, false);
  // Reading and writing 24 bytes an element takes 1 to 1.5 ns.
  const workers = pool.forWork(count);
  const common = memory.common(a, workers);
  const own = memory.scratch(workers.size * ownBytes);
  const args = { a: lineOf(common, memory), result: lineOf(result, memory), count, own };
  workers.run(absoluteTask, args, onFraction);
  memory.freeScratch(own);
  if (common !== a) memory.release(common);
  onFraction(1);
  return result;
}
