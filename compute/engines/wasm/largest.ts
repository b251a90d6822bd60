import type { FloatingArray } from "@sluice/contract/array";
import type { ParallelTask, ThreadPool } from "../threads.ts";
import type { KernelMemory } from "./memory.ts";
import { lineOf, type Rows, realOperand, Workspace } from "./staging.ts";

/** Numbers looked at in one turn. */
const perTurn = 2 ** 17;
/** Numbers staged at a time when they lie outside kernel memory. */
const chunk = 8192;
/** Sums of mirrored elements stay far from overflow below this. */
const largestFoldable = 1e300;

interface Args {
  readonly numbers: Rows;
  readonly count: number;
  /** A word per thread: 1 when all numbers it read are small enough. */
  readonly answers: number;
  readonly own: number;
}

export const largestTask: ParallelTask<Args> = {
  name: "largest",
  run({ numbers, count, answers, own }, worker) {
    const work = new Workspace(worker, own + worker.rank * chunk * 8);
    const operand = realOperand(work, numbers, chunk);
    const step = numbers.address === undefined ? chunk : perTurn;
    let isSmall = true;
    for (let turn = worker.take() * perTurn; turn < count; turn = worker.take() * perTurn) {
      const end = Math.min(count, turn + perTurn);
      for (let from = turn; from < end; from += step) {
        const now = Math.min(step, end - from);
        // A NaN is not less than anything.
        const largest = worker.kernels.misc.largest(operand.stage(0, 1, from, now).address, now);
        isSmall = isSmall && largest < largestFoldable;
      }
    }
    new Int32Array(worker.memory.buffer, answers, worker.size)[worker.rank] = isSmall ? 1 : 0;
  },
};

/** Whether all elements of a float64 array are finite and below 1e300. */
export function isFoldable(array: FloatingArray, memory: KernelMemory, pool: ThreadPool): boolean {
  const count = array.data.length;
  // Reading runs at some 10 bytes a nanosecond.
  const workers = pool.forWork((8 * count) / 10);
  const common = memory.common(array, workers);
  const answers = memory.scratch(workers.size * (64 + chunk * 8));
  workers.run(
    largestTask,
    { numbers: lineOf(common, memory), count, answers, own: answers + workers.size * 64 },
    () => {},
  );
  const isSmall = new Int32Array(memory.memory.buffer, answers, workers.size).every((answer) => answer === 1);
  memory.freeScratch(answers);
  if (common !== array) memory.release(common);
  return isSmall;
}
