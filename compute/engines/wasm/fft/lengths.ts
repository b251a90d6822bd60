import { upperExponent } from "../../../math/exponent.ts";
import { radices } from "../kernels/abi.ts";

/** Nanoseconds per point of one pass of each radix, four lanes together, measured on Zen 4: only their ratios matter. */
const passCost: Readonly<Record<number, number>> = { 2: 1.2, 3: 1.7, 4: 1.5, 5: 2.2, 8: 2.1 };

/** The passes of a transform of `length`, or undefined when it has a prime factor without a kernel. */
export function factorise(length: number): number[] | undefined {
  const passes: number[] = [];
  let rest = length;
  for (const radix of radices) {
    while (rest % radix === 0) {
      passes.push(radix);
      rest /= radix;
    }
  }
  if (rest > 1) return undefined;
  // 8·2 takes longer than 4·4.
  const [eight, two] = [passes.lastIndexOf(8), passes.lastIndexOf(2)];
  return eight >= 0 && two >= 0 ? [...passes.toSpliced(two, 1).toSpliced(eight, 1), 4, 4] : passes;
}

/** The cheapest length 2^a·3^b·5^c that holds a convolution of `length` points: at least 2·length - 1. */
export function convolutionLength(length: number): number {
  const least = 2 * length - 1;
  const powerOfTwo = 2 ** upperExponent(least);
  let best = { length: powerOfTwo, cost: transformCost(powerOfTwo) };
  for (let five = 1; five <= powerOfTwo; five *= 5) {
    for (let odd = five; odd <= powerOfTwo; odd *= 3) {
      const candidate = odd * 2 ** Math.max(0, upperExponent(least / odd));
      const cost = transformCost(candidate);
      if (candidate >= least && cost < best.cost) best = { length: candidate, cost };
    }
  }
  return best.length;
}

const transformCost = (length: number): number =>
  length * (factorise(length) ?? []).reduce((sum, radix) => sum + passCost[radix], 0);

/** Points the passes for a length work on: more than the length where it takes Bluestein's method. */
export const workingLength = (length: number): number =>
  factorise(length) ? length : convolutionLength(length);
