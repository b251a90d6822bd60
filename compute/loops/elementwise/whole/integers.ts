/** int64 of one array: what is stored wraps around as NumPy's does. */
import type { Loop } from "../apply.ts";

export const copyInteger: Loop<"int64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n];
};

export const negativeInteger: Loop<"int64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = -a[i + n];
};

export const squareInteger: Loop<"int64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] * a[i + n];
};

export const signInteger: Loop<"int64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] > 0n ? 1n : a[i + n] < 0n ? -1n : 0n;
};

/** The size of -2^63 is itself. */
export const absInteger: Loop<"int64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] < 0n ? -a[i + n] : a[i + n];
};

export const invertInteger: Loop<"int64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = ~a[i + n];
};

export const zeroInteger: Loop<"int64"> = (out, o, count) => {
  out.fill(0n, o, o + count);
};

/** 1/a without its fraction; of 0 the least int64, as NumPy has it on x86-64. */
export const reciprocalInteger: Loop<"int64"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) {
    const x = a[i + n];
    out[o + n] = x === 0n ? -(2n ** 63n) : 1n / x;
  }
};
