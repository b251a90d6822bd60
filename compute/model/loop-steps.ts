/** Plan steps of the loops that all engines share. Sizes are element counts unless said otherwise. */

import { type ArraySpec, byteLength, elementCount } from "@sluice/contract/array";
import { log2 } from "../math/logarithm.ts";
import type { Work } from "./steps.ts";

const bytesOf = (specs: readonly ArraySpec[]): number =>
  specs.reduce((bytes, spec) => bytes + byteLength(spec), 0);

/**
 * What an element-wise loop reads and writes: every array once, and twice more, in float64 or complex128, the
 * operands and results that it has to convert or broadcast on the way.
 */
function trafficOf(operands: readonly ArraySpec[], result: ArraySpec): number {
  const elements = elementCount(result.shape);
  const width = result.dtype === "complex128" ? 16 : 8;
  const isStaged = ({ shape, dtype }: ArraySpec): boolean =>
    dtype === "float32" || (width === 16 && dtype !== "complex128") || elementCount(shape) !== elements;
  const staged = [...operands, result].filter(isStaged).length;
  return bytesOf([...operands, result]) + staged * 2 * width * elements;
}

/** Arithmetic on every element of the result, cheap enough that memory sets the pace. */
export function elementwiseStep(operands: readonly ArraySpec[], result: ArraySpec, flopsEach = 1): Work {
  const elements = elementCount(result.shape);
  return {
    kernel: "elementwise",
    size: elements,
    flops: flopsEach * elements * (result.dtype === "complex128" ? 2 : 1),
    bytes: trafficOf(operands, result),
  };
}

/** A function that takes tens of flops an element, such as exp. */
export function transcendentalStep(
  operands: readonly ArraySpec[],
  result: ArraySpec,
  flopsEach: number,
): Work {
  const elements = elementCount(result.shape);
  return {
    kernel: "transcendental",
    size: elements,
    flops: flopsEach * elements,
    bytes: trafficOf(operands, result),
  };
}

/** Every element of `a` taken into a result once, as by a sum. */
export function reduceStep(a: ArraySpec, result: ArraySpec): Work {
  const elements = elementCount(a.shape);
  return {
    kernel: "reduce",
    size: elements,
    flops: elements * (a.dtype === "complex128" ? 2 : 1),
    bytes: bytesOf([a, result]),
  };
}

/** Elements copied to other places. */
export function rearrangeStep(a: ArraySpec, result: ArraySpec): Work {
  return { kernel: "rearrange", size: elementCount(result.shape), flops: 0, bytes: bytesOf([a, result]) };
}

/** Lines of `length` sorted, each by itself; its size is that length, its flops are comparisons of numbers. */
export function sortStep(a: ArraySpec, length: number): Work {
  const numbers = elementCount(a.shape) * (a.dtype === "complex128" ? 2 : 1);
  return {
    kernel: "sort",
    size: length,
    flops: Math.ceil(numbers * Math.max(1, log2(length))),
    bytes: 2 * byteLength(a),
  };
}

/** A k×l kernel over a matrix, by the definition; its size is the width of the result. */
export function convolveStep([a, kernel]: readonly [ArraySpec, ArraySpec], result: ArraySpec): Work {
  const real = result.dtype === "complex128" ? 4 : 1;
  return {
    kernel: "convolve",
    size: result.shape[1],
    flops: 2 * real * elementCount(kernel.shape) * elementCount(result.shape),
    bytes: bytesOf([a, kernel, result]),
  };
}
