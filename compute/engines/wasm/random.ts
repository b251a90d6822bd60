import { type DenseArray, elementCount } from "@sluice/contract/array";
import { initialState, jump } from "../../random/pcg64.ts";
import type { OnFraction, RandomRequest } from "../engine.ts";
import type { Kernels } from "./kernels.ts";
import type { KernelMemory } from "./memory.ts";
import { viewOf } from "./staging.ts";

/** The kernel keeps this many states, each that many steps on from the last. */
const streams = 4n;
/** Four states, and the factor and offset that take each of them `streams` steps on; 128 bits each. */
const stateWords = 12;
/** Values between two reports; also the block in which arrays outside kernel memory are made. */
const block = 65_536;

const mask64 = (1n << 64n) - 1n;
const mask128 = (1n << 128n) - 1n;

/** Steps by an increment of 1: another increment only multiplies the offset. */
const oneStep = jump(1n, 1n);
const allSteps = jump(1n, streams);

function writeState(seed: RandomRequest["seed"], words: BigUint64Array): void {
  const { state, increment } = initialState(seed);
  const put = (index: number, value: bigint): void => {
    words[2 * index] = value & mask64;
    words[2 * index + 1] = (value >> 64n) & mask64;
  };
  let current = state;
  for (let stream = 0; stream < Number(streams); stream += 1) {
    // A draw steps first.
    current = (current * oneStep.factor + increment) & mask128;
    put(stream, current);
  }
  put(4, allSteps.factor);
  put(5, allSteps.offset * increment);
}

/** `numpy.random.default_rng(seed).random(shape, dtype)`, bit for bit. */
export function random(
  { shape, seed, dtype = "float64" }: RandomRequest,
  memory: KernelMemory,
  kernels: Kernels,
  onFraction: OnFraction,
): DenseArray {
  const result = memory.array({ shape, dtype }, false);
  const count = elementCount(shape);
  const single = dtype === "float32";
  const bytes = single ? 4 : 8;
  const fill = single ? kernels.misc.randomSingles : kernels.misc.randomDoubles;
  const perTurn = Number(streams) * (single ? 2 : 1);
  const base = memory.addressOf(result.data);
  const scratchBytes = 8 * stateWords + (base === undefined ? bytes * block : 0);
  const state = memory.scratch(scratchBytes);
  const staged = state + 8 * stateWords;
  writeState(seed, new BigUint64Array(memory.memory.buffer, state, stateWords));
  for (let from = 0; from < count; from += block) {
    const values = Math.min(block, count - from);
    // The last turn may write up to seven values more: arrays in kernel memory end on 64 bytes.
    fill(state, Math.ceil(values / perTurn), base === undefined ? staged : base + from * bytes);
    if (base === undefined) result.data.set(viewOf(memory, staged, values, single), from);
    onFraction((from + values) / count);
  }
  memory.freeScratch(state);
  onFraction(1);
  return result;
}
