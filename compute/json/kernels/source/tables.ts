/**
 * The tables that reading and writing numbers share.
 *
 * Powers of ten as 128-bit significands 2^127 ≤ g < 2^128, as in Lemire, "Number Parsing at a Gigabyte per
 * Second" (2021): truncated, but rounded up from 10^-27 to 10^-1, where ties must be told apart. Reading needs
 * 10^-342 to 10^308, writing 10^-292 to 10^324.
 */
export const leastPower = -342;
export const greatestPower = 324;
/** Powers that are exact in 128 bits, and those that are rounded up already. */
export const greatestExactPower = 55;
export const leastRoundedUpPower = -27;

const bitLength = (value: bigint): bigint => BigInt(value.toString(2).length);

function significand(power: number): bigint {
  const five = 5n ** BigInt(Math.abs(power));
  if (power >= 0) {
    const shift = 128n - bitLength(five);
    return shift >= 0n ? five << shift : five >> -shift;
  }
  const floor = (1n << (127n + bitLength(five))) / five;
  return power >= leastRoundedUpPower ? floor + 1n : floor;
}

function powersOfTen(): string {
  const words: string[] = [];
  for (let power = leastPower; power <= greatestPower; power += 1) {
    const value = significand(power);
    if (bitLength(value) !== 128n) throw new Error(`10^${power} is not normalised`);
    const low = value & 0xffff_ffff_ffff_ffffn;
    // Writing adds one without a carry.
    if (low === 0xffff_ffff_ffff_ffffn) throw new Error(`10^${power} has no room for one more`);
    words.push(`0x${(value >> 64n).toString(16)}`, `0x${low.toString(16)}`);
  }
  return words.join();
}

const upTo = (most: number, word: (power: number) => string): string =>
  Array.from({ length: most + 1 }, (_, power) => word(power)).join();

const pairs = (weight: number): number[] => Array(4).fill([weight, 1]).flat();

export const tables = (): string => `
const powers = memory.data<u64>([${powersOfTen()}]);
const wholePowers = memory.data<u64>([${upTo(19, (power) => String(10n ** BigInt(power)))}]);
const exactPowers = memory.data<f64>([${upTo(22, (power) => `1e${power}`)}]);
// From tens and ones to 2, 4 and 8 digits.
const weights = memory.data<i16>([${[...Array(8).fill(10), ...pairs(100), ...pairs(10000)].join()}]);
// Loaded from n on: where n bytes at the start of a vector go to stand at its end.
const alignment = memory.data<i8>([${[...Array(16).fill(-128), ...Array(16).keys()].join()}]);

// @ts-ignore: decorator
@inline
function highOf(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const low = a1 * b0 + ((a0 * b0) >> 32);
  const high = a0 * b1 + (low & 0xffffffff);
  return a1 * b1 + (low >> 32) + (high >> 32);
}`;
