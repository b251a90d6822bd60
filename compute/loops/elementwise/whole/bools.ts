/** Truth values, a byte of 0 or 1 each. */
import type { Loop } from "../apply.ts";

export const copyBool: Loop<"bool"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n];
};

export const notBool: Loop<"bool"> = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = 1 - a[i + n];
};

export const falseBool: Loop<"bool"> = (out, o, count) => {
  out.fill(0, o, o + count);
};

export const andBool: Loop<"bool"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] & b[j + n];
};

export const orBool: Loop<"bool"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] | b[j + n];
};

export const xorBool: Loop<"bool"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] ^ b[j + n];
};
