import { type FloatingArray, zeros } from "@sluice/contract/array";
import type { RandomRequest } from "../engines/engine.ts";
import type { OnFraction } from "../model/on-fraction.ts";
import { Pcg64 } from "./pcg64.ts";

/** Raw outputs are made this many at a time: 32 KiB of words stay in the L1 cache. */
const block = 4096;
const blocksPerReport = 64;

/** 53 bits of each output: (next >> 11) · 2^-53. */
function toDoubles(words: Int32Array, out: Float64Array, from: number, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const high = words[2 * index + 1] >>> 0;
    out[from + index] = (high * 2 ** 21 + (words[2 * index] >>> 11)) * 2 ** -53;
  }
}

/** 24 bits of each half, low half first: (next32 >> 8) · 2^-24. */
function toSingles(words: Int32Array, out: Float32Array, from: number, count: number): void {
  for (let index = 0; index < count; index += 1) out[from + index] = (words[index] >>> 8) * 2 ** -24;
}

/**
 * Uniform values in [0, 1): `numpy.random.default_rng(seed).random(shape, dtype)` bit for bit
 * (PCG64 seeded through SeedSequence).
 * @param request.seed any non-negative integer, as a number or a decimal string
 */
export function random(request: RandomRequest, onFraction: OnFraction = () => {}): FloatingArray {
  const { shape, seed, dtype = "float64" } = request;
  const array = zeros({ shape, dtype });
  const { data } = array;
  const generator = new Pcg64(seed);
  const words = new Int32Array(2 * Math.min(block, data.length));
  const perBlock = data instanceof Float64Array ? block : 2 * block;
  for (let from = 0, blocks = 1; from < data.length; from += perBlock, blocks += 1) {
    const count = Math.min(perBlock, data.length - from);
    generator.fill(words, data instanceof Float64Array ? count : Math.ceil(count / 2));
    if (data instanceof Float64Array) toDoubles(words, data, from, count);
    else toSingles(words, data, from, count);
    if (blocks % blocksPerReport === 0) onFraction(from / data.length);
  }
  onFraction(1);
  return array;
}
