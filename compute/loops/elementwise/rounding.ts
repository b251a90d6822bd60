import { power } from "../../math/power.ts";
import type { Loop } from "./apply.ts";

export const floorReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Math.floor(a[i + n]);
};

export const ceilReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Math.ceil(a[i + n]);
};

export const truncReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Math.trunc(a[i + n]);
};

/** From here on every float64 is whole; added and taken away again, it rounds smaller ones, halves to even. */
const firstWhole = 2 ** 52;

/** The nearest whole number, of two the even one; its sign stays, on zeros too. */
export function nearestWhole(x: number): number {
  if (x >= 0) return x < firstWhole ? x + firstWhole - firstWhole : x;
  // -(0 - x) rather than 0 + x, which is 0 for -0.
  return x > -firstWhole ? -(firstWhole - x - firstWhole) : x;
}

export const rintReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = nearestWhole(a[i + n]);
};

/** To so many decimals, as NumPy: times a power of ten, to the nearest whole number, and back; `single` rounds each to float32. */
export function roundReal(decimals: number, single: boolean): Loop {
  const to = single ? Math.fround : (x: number) => x;
  const factor = to(power(10, Math.abs(decimals)));
  if (decimals >= 0) {
    return (out, o, count, a, i) => {
      for (let n = 0; n < count; n += 1) out[o + n] = nearestWhole(to(a[i + n] * factor)) / factor;
    };
  }
  return (out, o, count, a, i) => {
    for (let n = 0; n < count; n += 1) out[o + n] = nearestWhole(to(a[i + n] / factor)) * factor;
  };
}
