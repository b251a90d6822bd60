const number = new Float64Array(1);
/** The same eight bytes; all CPUs this runs on put the low word first. */
const words = new Uint32Array(number.buffer);

/** The largest e with 2^e ≤ x, exactly, for 0 < x < Infinity: what floor(log2(x)) is without its rounding. */
export function binaryExponent(x: number): number {
  number[0] = x;
  const biased = words[1] >>> 20;
  if (biased > 0) return biased - 1023;
  // Subnormal.
  number[0] = x * 2 ** 54;
  return (words[1] >>> 20) - 1077;
}

/** The smallest e with 2^e ≥ x, for 0 < x < Infinity. */
export function upperExponent(x: number): number {
  const below = binaryExponent(x);
  return 2 ** below === x ? below : below + 1;
}
