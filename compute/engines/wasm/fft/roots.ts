import { upperExponent } from "../../../math/exponent.ts";
import { someRootsOfUnity } from "../../../math/roots-of-unity.ts";

/**
 * Powers of exp(-2πi/n) by two tables of about √n, interleaved: those below 2^shift, and behind them all multiples
 * of 2^shift. A power is a product of one of each: all n of them would take more memory than the line.
 */
export interface RootTables {
  readonly shift: number;
  readonly values: Float64Array;
}

const tables = new Map<number, RootTables>();
const mostTables = 16;

export function rootTables(n: number): RootTables {
  const known = tables.get(n);
  if (known) return known;
  const shift = Math.ceil(upperExponent(n) / 2);
  const fine = Math.min(n, 2 ** shift);
  const coarse = Math.ceil(n / 2 ** shift);
  const values = new Float64Array(2 * (2 ** shift + coarse));
  const put = (at: number, { cos, sin }: { cos: Float64Array; sin: Float64Array }): void => {
    for (let index = 0; index < cos.length; index += 1)
      values.set([cos[index], sin[index]], 2 * (at + index));
  };
  put(0, someRootsOfUnity(n, fine, 1));
  put(2 ** shift, someRootsOfUnity(n, coarse, 2 ** shift));
  const oldest = tables.keys().next();
  if (tables.size >= mostTables && !oldest.done) tables.delete(oldest.value);
  const made = { shift, values };
  tables.set(n, made);
  return made;
}
