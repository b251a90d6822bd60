import { release } from "../../../engines/release.ts";
import type { Floats, Fortran, Integers, OpenBlas } from "../openblas.ts";
import { type LapackContext, temporary } from "./context.ts";

/** So many zeros, as wide as the library's integers. */
export const integers = ({ interface: width }: OpenBlas, length: number): Integers =>
  width === "ILP64" ? new BigInt64Array(length) : new Int32Array(length);

function integer(blas: OpenBlas, value: number): Integers {
  const one = integers(blas, 1);
  if (one instanceof BigInt64Array) one[0] = BigInt(value);
  else one[0] = value;
  return one;
}

/**
 * Calls a routine with all of its arguments but the last, `info`, which is the answer: 0, or what LAPACK says of
 * that routine's failure.
 * @param letters its character arguments
 * @throws Error when LAPACK refuses an argument
 */
export function call(
  { blas }: LapackContext,
  routine: Fortran,
  letters: string,
  args: readonly (number | Floats | Integers)[],
): number {
  const info = integers(blas, 1);
  const pointers = args.map((arg) => (typeof arg === "number" ? integer(blas, arg) : arg));
  routine(...letters, ...pointers, info, ...Array.from(letters, () => 1 as const));
  const answer = Number(info[0]);
  if (answer < 0)
    throw new Error(`LAPACK refused argument ${-answer} of ${pointers.length + letters.length}.`);
  return answer;
}

/**
 * Makes a call twice: with the length -1, which asks for the workspace it wants, and with that.
 * @param width numbers to an element
 */
export function inWorkspace(
  context: LapackContext,
  make: (work: Floats, length: number) => number,
  width: 1 | 2 = 1,
): number {
  const wanted = new Float64Array(2);
  make(wanted, -1);
  const [length] = wanted;
  const work = temporary(context, { shape: [length * width], dtype: "float64" });
  const info = make(work.data, length);
  release(work);
  return info;
}
