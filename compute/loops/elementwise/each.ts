import type { Loop } from "./apply.ts";
import type { ComplexFunction } from "./complex/exponential.ts";

/**
 * Loops of functions that take tens of nanoseconds, beside which a call for every element does not show. Cheaper ones
 * have loops of their own: a call is 2 to 3 ns.
 */
export const each =
  (f: (x: number) => number): Loop =>
  (out, o, count, a, i) => {
    for (let n = 0; n < count; n += 1) out[o + n] = f(a[i + n]);
  };

export const eachPair =
  (f: (x: number, y: number) => number): Loop =>
  (out, o, count, a, i, b, j) => {
    for (let n = 0; n < count; n += 1) out[o + n] = f(a[i + n], b[j + n]);
  };

export const eachComplex =
  (f: ComplexFunction): Loop =>
  (out, o, count, a, i) => {
    for (let n = 0; n < 2 * count; n += 2) f(a[i + n], a[i + n + 1], out, o + n);
  };
