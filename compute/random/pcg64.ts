import type { Seed } from "@sluice/contract/random-seed";
import { generateState } from "./seed-sequence.ts";

const mask128 = (1n << 128n) - 1n;
const multiplier = 0x2360ed051fc65da44385df649fccf645n;

const limbBits = 26;
const limbMask = 2 ** limbBits - 1;

/**
 * A 128-bit integer as five doubles that add up to it: limb k is a signed multiple of 2^(26k), at
 * most 2^(26k + 25) in size. A product of two limbs then has at most 50 bits and a column of five
 * of them 53, so all the arithmetic below is exact in doubles. (BigInt costs 200 ns a value, 32-bit
 * integer words 40, this 10.)
 */
function limbsOf(value: bigint): Float64Array {
  let rest = BigInt.asIntN(128, value);
  return Float64Array.from({ length: 5 }, (_, index) => {
    const limb = BigInt.asIntN(limbBits, rest);
    rest = (rest - limb) >> BigInt(limbBits);
    return Number(limb) * 2 ** (limbBits * index);
  });
}

function integerOf(limbs: Float64Array): bigint {
  return limbs.reduce((sum, limb) => sum + BigInt(limb), 0n) & mask128;
}

const multiplierLimbs = limbsOf(multiplier);

// Adding and subtracting 1.5·2^(52 + b) rounds a double to a multiple of 2^b: the carry out of a limb.
const carry0 = 1.5 * 2 ** 78;
const carry1 = 1.5 * 2 ** 104;
const carry2 = 1.5 * 2 ** 130;
const carry3 = 1.5 * 2 ** 156;
const wrap128 = 1.5 * 2 ** 180;

/** What `default_rng(seed)` starts from; its first draw steps once and answers from the state after. */
export function initialState(seed: Seed): { state: bigint; increment: bigint } {
  const [a, b, c, d] = new BigUint64Array(generateState(seed, 8).buffer);
  const increment = ((((c << 64n) | d) << 1n) | 1n) & mask128;
  // pcg_setseq_128_srandom: step from zero, add the initial state, step.
  const start = increment + ((a << 64n) | b);
  return { state: (start * multiplier + increment) & mask128, increment };
}

/** `draws` steps at once, state · factor + offset, in O(log draws) (Brown 1994). */
export function jump(increment: bigint, draws: bigint): { factor: bigint; offset: bigint } {
  let [power, step] = [multiplier, increment];
  let [factor, offset] = [1n, 0n];
  for (let rest = draws; rest > 0n; rest >>= 1n) {
    if (rest & 1n) {
      factor = (factor * power) & mask128;
      offset = (offset * power + step) & mask128;
    }
    step = ((power + 1n) * step) & mask128;
    power = (power * power) & mask128;
  }
  return { factor, offset };
}

/**
 * NumPy's default bit generator: a 128-bit linear congruential state that steps first and then
 * answers rotr64(high ^ low, state >> 122) (O'Neill 2014, XSL-RR; numpy/random/src/pcg64).
 */
export class Pcg64 {
  #state: Float64Array;
  readonly #increment: bigint;

  constructor(seed: Seed) {
    const { state, increment } = initialState(seed);
    this.#increment = increment;
    this.#state = limbsOf(state);
  }

  /** Skips `draws` 64-bit outputs. */
  advance(draws: bigint): void {
    const { factor, offset } = jump(this.#increment, draws);
    this.#state = limbsOf(integerOf(this.#state) * factor + offset);
  }

  /** Writes `count` raw outputs as pairs of 32-bit words, low word first. */
  fill(words: Int32Array, count: number): void {
    const state = this.#state;
    const [c0, c1, c2, c3, c4] = limbsOf(this.#increment);
    const [a0, a1, a2, a3, a4] = multiplierLimbs;
    let [s0, s1, s2, s3, s4] = state;
    for (let index = 0; index < count; index += 1) {
      const x0 = s0 * a0 + c0;
      const q0 = x0 + carry0 - carry0;
      const x1 = s0 * a1 + s1 * a0 + c1 + q0;
      const q1 = x1 + carry1 - carry1;
      const x2 = s0 * a2 + s1 * a1 + s2 * a0 + c2 + q1;
      const q2 = x2 + carry2 - carry2;
      const x3 = s0 * a3 + s1 * a2 + (s2 * a1 + s3 * a0) + c3 + q2;
      const q3 = x3 + carry3 - carry3;
      const x4 = s0 * a4 + s1 * a3 + (s2 * a2 + s3 * a1) + (s4 * a0 + c4) + q3;
      s0 = x0 - q0;
      s1 = x1 - q1;
      s2 = x2 - q2;
      s3 = x3 - q3;
      s4 = x4 - (x4 + wrap128 - wrap128);

      // Signed limbs to plain 26-bit ones, then to four 32-bit words.
      const l0 = s0 | 0;
      const l1 = ((s1 * 2 ** -26) | 0) + (l0 >> 26);
      const l2 = ((s2 * 2 ** -52) | 0) + (l1 >> 26);
      const l3 = ((s3 * 2 ** -78) | 0) + (l2 >> 26);
      const l4 = ((s4 * 2 ** -104) | 0) + (l3 >> 26);
      const u1 = l1 & limbMask;
      const u2 = l2 & limbMask;
      const u3 = l3 & limbMask;
      const top = (u3 >>> 18) | (l4 << 8);
      let low = ((l0 & limbMask) | (u1 << 26)) ^ ((u2 >>> 12) | (u3 << 14));
      let high = ((u1 >>> 6) | (u2 << 20)) ^ top;
      // Rotating by 32 or more swaps the words; by mask, as the branch would be a coin toss.
      const swap = (low ^ high) & -(top >>> 31);
      low ^= swap;
      high ^= swap;
      const turn = (top >>> 26) & 31;
      words[2 * index] = (low >>> turn) | ((high << 1) << (31 - turn));
      words[2 * index + 1] = (high >>> turn) | ((low << 1) << (31 - turn));
    }
    state.set([s0, s1, s2, s3, s4]);
  }
}
