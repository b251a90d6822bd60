/** The magnitude of one number with the sign of the other, zeros and infinities too: `x * sign` would lose it on them. */
export function copySign(magnitude: number, sign: number): number {
  return isNegative(sign) ? -Math.abs(magnitude) : Math.abs(magnitude);
}

/** Whether the sign bit is set, as it is of -0. NaN has no sign: JavaScript does not tell which NaN it is. */
export const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0);
