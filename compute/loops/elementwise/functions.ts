import { cos, sin } from "../../math/circular.ts";
import { exp } from "../../math/exponential.ts";
import { tanh } from "../../math/hyperbolic.ts";
import { log } from "../../math/logarithm.ts";
import type { Loop } from "./apply.ts";

// One loop each: a function handed in would be called anew for every element, 2 to 3 ns that the cheap ones feel.

export const absReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Math.abs(a[i + n]);
};

export const sqrtReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = Math.sqrt(a[i + n]);
};

export const expReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = exp(a[i + n]);
};

export const logReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = log(a[i + n]);
};

export const sinReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = sin(a[i + n]);
};

export const cosReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = cos(a[i + n]);
};

export const tanhReal: Loop = (out, o, count, a, i) => {
  for (let n = 0; n < count; n += 1) out[o + n] = tanh(a[i + n]);
};
