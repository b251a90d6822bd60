/** int64 of two arrays: what is stored wraps around as NumPy's does. */
import { Problem } from "@sluice/contract/problem";
import type { Loop } from "../apply.ts";

export const addInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] + b[j + n];
};

export const subtractInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] - b[j + n];
};

export const multiplyInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] * b[j + n];
};

export const maximumInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] > b[j + n] ? a[i + n] : b[j + n];
};

export const minimumInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] < b[j + n] ? a[i + n] : b[j + n];
};

export const andInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] & b[j + n];
};

export const orInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] | b[j + n];
};

export const xorInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] ^ b[j + n];
};

const bits = 64n;

/** 0 for shifts by 64 and more, and by negative numbers, which NumPy takes for large ones. */
export const leftShiftInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const shift = b[j + n];
    out[o + n] = shift >= 0n && shift < bits ? BigInt.asIntN(64, a[i + n] << shift) : 0n;
  }
};

/** The sign for such shifts. */
export const rightShiftInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const shift = b[j + n];
    out[o + n] = a[i + n] >> (shift >= 0n && shift < bits ? shift : bits - 1n);
  }
};

/** Without a fraction towards the lower number; by 0 it is 0, as in NumPy. */
export const floorDivideInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const [x, y] = [a[i + n], b[j + n]];
    const isBelow = y !== 0n && x % y !== 0n && x < 0n !== y < 0n;
    out[o + n] = y === 0n ? 0n : x / y - (isBelow ? 1n : 0n);
  }
};

/** With the sign of the divisor. */
export const remainderInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const [x, y] = [a[i + n], b[j + n]];
    const rest = y === 0n ? 0n : x % y;
    out[o + n] = rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest;
  }
};

/** With the sign of the dividend. */
export const fmodInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = b[j + n] === 0n ? 0n : a[i + n] % b[j + n];
};

/** By squaring, each product wrapped. */
function wholePower(base: bigint, exponent: bigint): bigint {
  let [result, square, rest] = [1n, base, exponent];
  while (rest > 0n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
    rest >>= 1n;
  }
  return result;
}

/** @throws Problem compute-failed for a negative exponent, as NumPy raises */
export const powerInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const exponent = b[j + n];
    if (exponent < 0n) {
      throw new Problem(
        "compute-failed",
        `Integers to negative integer powers are not allowed: expected exponents from 0 in inputs.b, got ${exponent}. Give one of the two as float64.`,
      );
    }
    out[o + n] = wholePower(a[i + n], exponent);
  }
};

function divisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The greatest common divisor, never negative. */
export const gcdInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = divisor(a[i + n], b[j + n]);
};

/** The least common multiple, never negative; 0 where one is 0. */
export const lcmInteger: Loop<"int64"> = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) {
    const common = divisor(a[i + n], b[j + n]);
    const multiple = common === 0n ? 0n : (a[i + n] / common) * b[j + n];
    out[o + n] = multiple < 0n ? -multiple : multiple;
  }
};
