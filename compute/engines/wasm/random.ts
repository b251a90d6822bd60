import { elementCount, type FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { initialState, jump } from "../../random/pcg64.ts";
import type { RandomRequest } from "../engine.ts";
import type { ParallelTask, ThreadPool } from "../threads.ts";
import { randomState } from "./kernels/abi.ts";
import type { KernelMemory } from "./memory.ts";
import { lineOf, type Rows, viewOf, Workspace } from "./staging.ts";

/** The kernel keeps this many states, each one step on from the last. */
const streams = BigInt(randomState.streams);
/** 64-bit words of its state. */
const stateWords = 2 * randomState.numbers;
/** Values made in one turn of a thread, and between two reports. */
const perTurn = 2 ** 20;
/** Values made at a time when the array lies outside kernel memory. */
const block = 65_536;

const mask64 = (1n << 64n) - 1n;
const mask128 = (1n << 128n) - 1n;

/** Steps by an increment of 1: another increment only multiplies the offset. */
const oneStep = jump(1n, 1n);
const allSteps = jump(1n, streams);

interface Generator {
  readonly state: bigint;
  readonly increment: bigint;
}

/** Makes `words` what the kernel goes on from after so many draws. */
function writeState({ state, increment }: Generator, draws: number, words: BigUint64Array): void {
  const put = (index: number, value: bigint): void => {
    words[2 * index] = value & mask64;
    words[2 * index + 1] = (value >> 64n) & mask64;
  };
  const skip = jump(increment, BigInt(draws));
  let current = (state * skip.factor + skip.offset) & mask128;
  for (let stream = 0; stream < Number(streams); stream += 1) {
    // A draw steps first.
    current = (current * oneStep.factor + increment) & mask128;
    put(stream, current);
  }
  put(randomState.factor, allSteps.factor);
  put(randomState.offset, allSteps.offset * increment);
}

interface Args {
  readonly generator: Generator;
  readonly result: Rows;
  readonly count: number;
  readonly single: boolean;
  readonly own: number;
}

/** Kernel state, and the block of an array outside kernel memory. */
const ownBytes = 64 * Math.ceil((8 * stateWords) / 64) + 8 * block;

export const randomTask: ParallelTask<Args> = {
  name: "random",
  run({ generator, result, count, single, own }, worker) {
    const work = new Workspace(worker, own + worker.rank * ownBytes);
    const { address, data } = result;
    const fill = single ? worker.kernels.misc.randomSingles : worker.kernels.misc.randomDoubles;
    const perDraw = single ? 2 : 1;
    const state = work.take(8 * stateWords);
    const words = new BigUint64Array(worker.memory.buffer, state, stateWords);
    const staged = work.take(8 * block);
    let next = -1;
    for (let from = worker.take() * perTurn; from < count; from = worker.take() * perTurn) {
      if (from !== next) writeState(generator, from / perDraw, words);
      next = from + perTurn;
      for (let at = from; at < Math.min(count, next); at += block) {
        const values = Math.min(block, count - at);
        // The last turn may write up to seven values more: arrays in kernel memory end on 64 bytes.
        const turns = Math.ceil(values / (Number(streams) * perDraw));
        fill(state, turns, address === undefined ? staged : address + at * (single ? 4 : 8));
        if (address === undefined) data.set(viewOf(worker.memory, staged, values, single), at);
      }
      worker.onFraction(Math.min(count, next) / count);
    }
  },
};

/** `numpy.random.default_rng(seed).random(shape, dtype)`, bit for bit. */
export function random(
  { shape, seed, dtype = "float64" }: RandomRequest,
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): FloatingArray {
  const array = memory.array({ shape, dtype }, false);
  const count = elementCount(shape);
  // 2.4 ns a value.
  const workers = pool.forWork(2.4 * count);
  const own = memory.scratch(workers.size * ownBytes);
  const args = {
    generator: initialState(seed),
    result: lineOf(array, memory),
    count,
    single: dtype === "float32",
    own,
  };
  workers.run(randomTask, args, onFraction);
  memory.freeScratch(own);
  onFraction(1);
  return array;
}
