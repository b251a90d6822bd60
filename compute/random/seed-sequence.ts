import type { Seed } from "@sluice/contract/random-seed";

// Constants and steps of numpy/random/bit_generator.pyx (O'Neill's seed_seq_fe with a pool of 4).
const poolSize = 4;
const initA = 0x43b0d7e5;
const multiplierA = 0x931e8875;
const initB = 0x8b51f9dd;
const multiplierB = 0x58f38ded;
const mixLeft = 0xca01f9dd;
const mixRight = 0x4973f715;

/** The seed as 32-bit words, low first, as many as it needs. */
function seedWords(seed: Seed): number[] {
  const words: number[] = [];
  for (let rest = BigInt(seed); rest > 0n || words.length === 0; rest >>= 32n) {
    words.push(Number(rest & 0xffffffffn));
  }
  return words;
}

const fold = (value: number): number => value ^ (value >>> 16);

function mix(into: number, value: number): number {
  return fold((Math.imul(mixLeft, into) - Math.imul(mixRight, value)) | 0);
}

/** Seeds longer than the pool are mixed into it word by word, so no bit of a seed is ignored. */
function entropyPool(words: readonly number[]): number[] {
  let constant = initA;
  const hash = (value: number): number => {
    const keyed = value ^ constant;
    constant = Math.imul(constant, multiplierA);
    return fold(Math.imul(keyed, constant));
  };
  const pool = Array.from({ length: poolSize }, (_, index) => hash(words[index] ?? 0));
  for (let source = 0; source < poolSize; source += 1) {
    for (let target = 0; target < poolSize; target += 1) {
      if (source !== target) pool[target] = mix(pool[target], hash(pool[source]));
    }
  }
  for (const word of words.slice(poolSize)) {
    for (let target = 0; target < poolSize; target += 1) pool[target] = mix(pool[target], hash(word));
  }
  return pool;
}

/** `numpy.random.SeedSequence(seed).generate_state(count, uint32)`. */
export function generateState(seed: Seed, count: number): Int32Array {
  const pool = entropyPool(seedWords(seed));
  let constant = initB;
  return Int32Array.from({ length: count }, (_, index) => {
    const keyed = pool[index % poolSize] ^ constant;
    constant = Math.imul(constant, multiplierB);
    return fold(Math.imul(keyed, constant));
  });
}
