/** One float64 and its high word, in place 1: how its exponent is read and set. All CPUs this runs on put the low word first. */
export const number = new Float64Array(1);
export const words = new Int32Array(number.buffer);
