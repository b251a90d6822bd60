import type { FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../../model/on-fraction.ts";
import type { ParallelTask, ThreadPool } from "../../threads.ts";
import type { KernelMemory } from "../memory.ts";
import { viewOf, Workspace } from "../staging.ts";
import { fourStep } from "./four-step.ts";
import { convolutionLength } from "./lengths.ts";
import { type Numbers, numbersOf, partOf } from "./matrix-context.ts";
import { rootTables } from "./roots.ts";

/** Elements in one turn of a thread: 32 KiB each of factors and product. */
const perTurn = 2048;

interface Args {
  readonly from: Numbers;
  readonly table: Numbers;
  readonly to: Numbers;
  readonly count: number;
  readonly swapIn: boolean;
  readonly swapOut: boolean;
  readonly own: number;
}

const ownBytes = 3 * 16 * perTurn;

export const timesLineTask: ParallelTask<Args> = {
  name: "times-line",
  run({ from, table, to, count, swapIn, swapOut, own }, worker) {
    const work = new Workspace(worker, own + worker.rank * ownBytes);
    const blocks = [from, table, to].map(() => work.take(16 * perTurn));
    for (let first = worker.take() * perTurn; first < count; first = worker.take() * perTurn) {
      const now = Math.min(perTurn, count - first);
      const part = (numbers: Numbers) => partOf(numbers, 2 * first, 2 * (first + now));
      const [a, b] = [from, table].map((numbers, index) => {
        const { data, address } = part(numbers);
        if (address === undefined) viewOf(worker.memory, blocks[index], 2 * now, false).set(data);
        return address ?? blocks[index];
      });
      const { data, address } = part(to);
      worker.kernels.fft.timesLine(a, b, now, address ?? blocks[2], Number(swapIn), Number(swapOut));
      if (address === undefined) data.set(viewOf(worker.memory, blocks[2], 2 * now, false));
    }
  },
};

function timesLine(args: Omit<Args, "own">, memory: KernelMemory, pool: ThreadPool): void {
  // Reading and writing 48 bytes an element takes 2 to 4 ns.
  const workers = pool.forWork(3 * args.count);
  const own = memory.scratch(workers.size * ownBytes);
  workers.run(timesLineTask, { ...args, own }, () => {});
  memory.freeScratch(own);
}

/** What Bluestein's method needs for lines of one length. */
export interface Chirp {
  readonly length: number;
  readonly padded: number;
  /** exp(-iπj²/length), and the transform of its conjugate wrapped around `padded` points, over `padded`. */
  readonly chirp: FloatingArray;
  readonly spectrum: FloatingArray;
}

/** The tables for a length, in memory of the run: kept by its user, released by `releaseChirp`. */
export function chirpFor(length: number, memory: KernelMemory, pool: ThreadPool): Chirp {
  const padded = convolutionLength(length);
  const chirp = memory.array({ shape: [length], dtype: "complex128" }, false);
  const spectrum = memory.array({ shape: [padded], dtype: "complex128" }, false);
  const wrapped = memory.array({ shape: [padded], dtype: "complex128" });
  const { shift, values } = rootTables(2 * length);
  const mask = 2 ** shift - 1;
  // j² modulo 2·length, without squares that are not exact.
  let turn = 0;
  for (let j = 0; j < length; j += 1) {
    const [fine, coarse] = [2 * (turn & mask), 2 * (2 ** shift + (turn >> shift))];
    const re = values[fine] * values[coarse] - values[fine + 1] * values[coarse + 1];
    const im = values[fine] * values[coarse + 1] + values[fine + 1] * values[coarse];
    chirp.data[2 * j] = re;
    chirp.data[2 * j + 1] = im;
    for (const at of [j, (padded - j) % padded]) {
      wrapped.data[2 * at] = re / padded;
      wrapped.data[2 * at + 1] = -im / padded;
    }
    turn = (turn + 2 * j + 1) % (2 * length);
  }
  const lines = [numbersOf(wrapped.data, memory), numbersOf(spectrum.data, memory)] as const;
  fourStep(padded, false, lines, memory, pool, () => {});
  memory.release(wrapped);
  return { length, padded, chirp, spectrum };
}

export function releaseChirp({ chirp, spectrum }: Chirp, memory: KernelMemory): void {
  memory.release(chirp);
  memory.release(spectrum);
}

/**
 * A line of any length by Bluestein's method (1970): jk = (j² + k² - (k - j)²)/2 makes it a convolution with the chirp,
 * done by four-step transforms of a smooth length of at least 2n - 1. Unnormalised, forward or inverse.
 */
export function bluestein(
  { length, padded, chirp, spectrum }: Chirp,
  inverse: boolean,
  [from, to]: readonly [Numbers, Numbers],
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): void {
  const [first, second] = [true, false].map((zeroed) =>
    memory.array({ shape: [padded], dtype: "complex128" }, zeroed),
  );
  const [x, y] = [first, second].map(({ data }) => numbersOf(data, memory));
  const chirps = numbersOf(chirp.data, memory);
  const table = numbersOf(spectrum.data, memory);
  const plain = { swapIn: false, swapOut: false };
  timesLine({ from, table: chirps, to: x, count: length, swapIn: inverse, swapOut: false }, memory, pool);
  fourStep(padded, false, [x, y], memory, pool, (fraction) => onFraction(fraction / 2));
  timesLine({ from: y, table, to: y, count: padded, ...plain }, memory, pool);
  fourStep(padded, true, [y, x], memory, pool, (fraction) => onFraction((1 + fraction) / 2));
  timesLine({ from: x, table: chirps, to, count: length, swapIn: false, swapOut: inverse }, memory, pool);
  memory.release(first);
  memory.release(second);
}
