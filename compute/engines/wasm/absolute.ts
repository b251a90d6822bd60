import { type DenseArray, elementCount } from "@sluice/contract/array";
import type { OnFraction } from "../engine.ts";
import type { Kernels } from "./kernels.ts";
import type { KernelMemory } from "./memory.ts";

/** Elements between two reports. */
const reported = 2 ** 20;
/** Elements staged at a time when an array lies outside kernel memory: 96 KiB, in and out. */
const staged = 4096;

/**
 * Magnitude of a complex128 array as float64, over the whole range of exponents, as numpy.abs: an infinite
 * part makes infinity, even beside a NaN.
 * @throws RangeError when memory for the result is not to be had
 */
export function absolute(
  a: DenseArray,
  memory: KernelMemory,
  kernels: Kernels,
  onFraction: OnFraction,
): DenseArray {
  const count = elementCount(a.shape);
  const block = memory.scratch(staged * 24);
  const result = memory.array({ shape: a.shape, dtype: "float64" }, false);
  const from = memory.addressOf(a.data);
  const to = memory.addressOf(result.data);
  const step = from === undefined || to === undefined ? staged : reported;
  let untold = 0;
  for (let first = 0; first < count; first += step) {
    const now = Math.min(step, count - first);
    if (from === undefined) {
      doubles(memory, block, 2 * now).set(a.data.subarray(2 * first, 2 * (first + now)));
    }
    const blockResult = block + staged * 16;
    kernels.fft.absolute(
      from === undefined ? block : from + 16 * first,
      now,
      to === undefined ? blockResult : to + 8 * first,
    );
    if (to === undefined) result.data.set(doubles(memory, blockResult, now), first);
    untold += now;
    if (untold >= reported) {
      onFraction((first + now) / count);
      untold = 0;
    }
  }
  memory.freeScratch(block);
  onFraction(1);
  return result;
}

const doubles = ({ memory }: KernelMemory, address: number, count: number): Float64Array =>
  new Float64Array(memory.buffer, address, count);
