import type { ParallelTask, ThreadPool } from "../../threads.ts";
import type { KernelMemory } from "../memory.ts";
import { viewOf, Workspace } from "../staging.ts";
import { aligned, type Numbers } from "./matrix-context.ts";
import { rootTables } from "./roots.ts";

/** Pairs in one turn of a thread. */
const perTurn = 2048;
const blockBytes = 16 * perTurn;
/** Blocks of a thread's own: both ends of what is read, both of what is written, and their images. */
const ownBytes = 6 * blockBytes;

interface Pairs {
  /** Points 0 … half - 1 or half of what is read. */
  readonly from: Numbers;
  /** Points 0 … half of what is written, or with `full` 0 … 2·half - 1. */
  readonly to: Numbers;
  readonly half: number;
  /** From the real transform back to the one of half the length. */
  readonly back: boolean;
  readonly full: boolean;
  readonly conjugate: boolean;
}

interface Args extends Pairs {
  readonly roots: number;
  readonly shift: number;
  readonly own: number;
}

/** A range of points in a line: where kernels see it, with the way in and out when it is a copy. */
interface Range {
  readonly address: number;
  load(): void;
  store(): void;
}

const nothing = (): void => {};

function rangeOf(
  { data, address }: Numbers,
  first: number,
  count: number,
  block: number,
  memory: WebAssembly.Memory,
): Range {
  if (address !== undefined) return { address: address + 16 * first, load: nothing, store: nothing };
  const outside = data.subarray(2 * first, 2 * (first + count));
  return {
    address: block,
    load: () => viewOf(memory, block, 2 * count, false).set(outside),
    store: () => outside.set(viewOf(memory, block, 2 * count, false)),
  };
}

export const hermitianPairsTask: ParallelTask<Args> = {
  name: "hermitian-pairs",
  run({ from, to, half, back, full, conjugate, roots, shift, own }, worker) {
    const work = new Workspace(worker, own + worker.rank * ownBytes);
    const blocks = Array.from({ length: 6 }, () => work.take(blockBytes));
    const last = Math.floor(half / 2);
    for (let k = 1 + worker.take() * perTurn; k <= last; k = 1 + worker.take() * perTurn) {
      const count = Math.min(perTurn, last + 1 - k);
      const range = (numbers: Numbers, first: number, block: number) =>
        rangeOf(numbers, first, count, blocks[block], worker.memory);
      // Falling ranges are told by their first point in memory, the last that is worked on.
      const falling = half - k - count + 1;
      const [low, high] = [range(from, k, 0), range(from, falling, 1)];
      const [outLow, outHigh] = [range(to, k, 2), range(to, falling, 3)];
      const images = full
        ? [range(to, 2 * half - k - count + 1, 4), range(to, half + k, 5)]
        : [
            { address: 0, load: nothing, store: nothing },
            { address: 0, load: nothing, store: nothing },
          ];
      const end = 16 * (count - 1);
      low.load();
      high.load();
      worker.kernels.fft.hermitianPairs(
        ...[low.address, high.address + end, k, count, roots, shift, back ? 1 : 0.5, Number(back)],
        ...[outLow.address, outHigh.address + end],
        ...[full ? images[0].address + end : 0, images[1].address, Number(conjugate)],
      );
      for (const written of [outLow, outHigh, ...images]) written.store();
    }
  },
};

/**
 * Long real lines of even length n = 2·half: points 0 … half (`full`: all) from the transform of half the length over
 * pairs, which may be where the result goes, or with `back` the other way. `conjugate`: of the inverse transform.
 */
export function hermitianPairs(pairs: Pairs, memory: KernelMemory, pool: ThreadPool): void {
  const { from, to, half, back, conjugate } = pairs;
  const [re, im] = [from.data[0], from.data[1]];
  if (back) {
    const last = from.data[2 * half];
    to.data.set([re + last, re - last]);
  } else {
    const sign = conjugate ? -0 : 0;
    to.data.set([re + im, sign]);
    to.data.set([re - im, sign], 2 * half);
  }
  const { shift, values } = rootTables(2 * half);
  // Reading and writing 32 to 64 bytes a point takes 2 to 4 ns.
  const workers = pool.forWork(3 * half);
  const roots = memory.scratch(aligned(values.byteLength) + workers.size * ownBytes);
  new Float64Array(memory.memory.buffer, roots, values.length).set(values);
  const own = roots + aligned(values.byteLength);
  workers.run(hermitianPairsTask, { ...pairs, roots, shift, own }, nothing);
  memory.freeScratch(roots);
}
