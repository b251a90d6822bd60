import type { FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../../model/on-fraction.ts";
import { linesAlong } from "../../array-lines.ts";
import type { Along } from "../../engine.ts";
import type { ThreadPool } from "../../threads.ts";
import type { KernelMemory } from "../memory.ts";
import { transformDirectly } from "./direct.ts";
import { workingLength } from "./lengths.ts";
import { complexTransform, hermitianTransform, type LineTransform, realTransform } from "./line-transform.ts";
import { transformLong } from "./long.ts";

/** The memory and threads a transform uses, and the report of its progress. */
type ExecutionContext = readonly [memory: KernelMemory, pool: ThreadPool, onFraction: OnFraction];

/**
 * DFT of every line along an axis, cut or continued with zeros to `length` points, unnormalised; complex128
 * out. Any length in O(n log n): products of primes up to 23 directly, others by Bluestein's method. A line's bytes do not depend
 * on its neighbours. One plan step.
 * @throws RangeError when memory for the result or for the work on four lines is not to be had
 */
export function fft(a: FloatingArray, { axis, length }: Along, ...context: ExecutionContext): FloatingArray {
  return transformAll(a, axis, either(a, length, false), context);
}

/** The inverse of `fft`, unnormalised; of real numbers too. @throws RangeError as `fft` */
export function inverseFft(
  a: FloatingArray,
  { axis, length }: Along,
  ...context: ExecutionContext
): FloatingArray {
  return transformAll(a, axis, either(a, length, true), context);
}

/**
 * Points 0 … length/2 of `fft` of a real array.
 * @throws TypeError for a complex array; RangeError as `fft`
 */
export function realFft(
  a: FloatingArray,
  { axis, length }: Along,
  ...context: ExecutionContext
): FloatingArray {
  if (a.dtype === "complex128") throw new TypeError("a real transform is of real numbers, not of complex128");
  const transform = realTransform(length, a.dtype, false, false);
  return transformAll(a, axis, transform, context);
}

/**
 * The inverse of `realFft`, unnormalised; float64 out.
 * @throws TypeError for an array that is not complex128; RangeError as `fft`
 */
export function inverseRealFft(
  a: FloatingArray,
  { axis, length }: Along,
  ...context: ExecutionContext
): FloatingArray {
  if (a.dtype !== "complex128") throw new TypeError(`this inverse is of complex128, not of ${a.dtype}`);
  return transformAll(a, axis, hermitianTransform(length), context);
}

const either = ({ dtype }: FloatingArray, length: number, inverse: boolean): LineTransform =>
  dtype === "complex128" ? complexTransform(length, inverse) : realTransform(length, dtype, true, inverse);

function transformAll(
  a: FloatingArray,
  axis: number,
  transform: LineTransform,
  [memory, pool, onFraction]: ExecutionContext,
): FloatingArray {
  const spec = { shape: a.shape.with(axis, transform.written), dtype: transform.result };
  const { lines, inner } = linesAlong(a.shape, axis);
  const method = isLong(transform.inner, lines) ? transformLong : transformDirectly;
  // Rows leave by way of a block in L2, at once to where a run of one thread would have to copy them in the end.
  const leaves = inner === 1 && method === transformDirectly && pool.size === 1;
  const result = leaves ? memory.outside(spec) : memory.array(spec, false);
  if (lines > 0) method(a, result, axis, transform, memory, pool, onFraction);
  onFraction(1);
  return result;
}

/**
 * Points from which lines go through memory twice, by the four-step method, instead of once a pass: 8 MiB of four lines
 * side by side and their transforms. Of one line or two, for which most lanes would be idle, from fewer on.
 */
const longFrom = 65_536;
export const fewLongFrom = 1024;

const isLong = (length: number, lines: number): boolean =>
  workingLength(length) >= (lines <= 2 ? fewLongFrom : longFrom);
