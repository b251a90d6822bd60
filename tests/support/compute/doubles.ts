import { expect } from "vitest";

/** Doubles for tests, to the bit. */

export function bitsOf(values: Float64Array | Float32Array): BigUint64Array {
  return new BigUint64Array(Float64Array.from(values).buffer);
}

/** Quick for millions; says the first that differs. */
export function expectSameBits(
  got: Float64Array | Float32Array,
  expected: Float64Array | Float32Array,
): void {
  expect(got.length).toBe(expected.length);
  const [one, other] = [bitsOf(got), bitsOf(expected)];
  const index = one.findIndex((bits, at) => bits !== other[at]);
  if (index >= 0) expect(got[index], `number ${index}`).toBe(expected[index]);
  expect(index).toBe(-1);
}

/** Whole numbers below 2^32, the same for the same seed (Marsaglia's xorshift). */
export function randomWords(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** Finite doubles of random bits: every exponent is as likely. */
export function randomDoubles(length: number, seed: number): Float64Array {
  const next = randomWords(seed);
  const values = new Float64Array(length);
  const words = new Uint32Array(values.buffer);
  for (let index = 0; index < length; index += 1) {
    do {
      words[2 * index] = next();
      words[2 * index + 1] = next();
    } while (!Number.isFinite(values[index]));
  }
  return values;
}
