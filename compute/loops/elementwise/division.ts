import { copySign } from "../../math/sign.ts";
import type { Loop } from "./apply.ts";

// JavaScript's remainder is C's fmod, which is exact.

export const fmodReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] % b[j + n];
};

/** The remainder with the sign of the divisor, as Python's. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  if (b === 0) return rest;
  if (rest === 0) return copySign(0, b);
  return rest < 0 === b < 0 ? rest : rest + b;
}

export const remainderReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = modulo(a[i + n], b[j + n]);
};

/** The whole number of divisors below the dividend, which fits with the remainder above, as NumPy has it. */
function floorDivided(a: number, b: number): number {
  if (b === 0) return a / b;
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && rest < 0 !== b < 0) quotient -= 1;
  if (quotient === 0) return copySign(0, a / b);
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

export const floorDivideReal: Loop = (out, o, count, a, i, b, j) => {
  for (let n = 0; n < count; n += 1) out[o + n] = floorDivided(a[i + n], b[j + n]);
};
