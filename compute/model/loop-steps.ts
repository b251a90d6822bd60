/** Plan steps of the loops that all engines share. Sizes are element counts unless said otherwise. */

import {
  type ArraySpec,
  byteLength,
  elementCount,
  isComplex,
  isFloating,
  isSingle,
  partsOf,
} from "@sluice/contract/array";
import { planesOf } from "../loops/rearrange/strided-copy.ts";
import { runsOf } from "../loops/reductions/reduce.ts";
import { log2 } from "../math/logarithm.ts";
import { broadcastAxes } from "./broadcast.ts";
import type { LineKind, Work } from "./steps.ts";

const bytesOf = (specs: readonly ArraySpec[]): number =>
  specs.reduce((bytes, spec) => bytes + byteLength(spec), 0);

const counted = (kind: LineKind, count: number): Pick<Work, "lines"> =>
  count > 0 ? { lines: { kind, count } } : {};

/** Lines of operands that are broadcast, each as often as it has axes: a division for each finds where it begins. */
function broadcastLines(operands: readonly ArraySpec[], { shape }: ArraySpec): number {
  const elements = elementCount(shape);
  const linesOf = (operand: ArraySpec): number => {
    const own = elementCount(operand.shape);
    if (own === elements || own <= 1) return 0;
    const axes = broadcastAxes(operand, shape);
    return (elements / (axes.at(-1)?.extent ?? 1)) * axes.length;
  };
  return operands.reduce((lines, operand) => lines + linesOf(operand), 0);
}

/**
 * What an element-wise loop reads and writes: every array once, and twice more, in float64 or complex128, the
 * operands and results that it has to convert or broadcast on the way.
 */
function trafficOf(operands: readonly ArraySpec[], result: ArraySpec): number {
  const elements = elementCount(result.shape);
  const width = isComplex(result) ? 16 : 8;
  /** What a floating result is calculated in. */
  const kind = isComplex(result) ? "complex128" : "float64";
  const isConverted = (spec: ArraySpec): boolean =>
    isSingle(spec) || (isFloating(result) && spec.dtype !== kind);
  const isStaged = (spec: ArraySpec): boolean => isConverted(spec) || elementCount(spec.shape) !== elements;
  const staged = [...operands, result].filter(isStaged).length;
  return bytesOf([...operands, result]) + staged * 2 * width * elements;
}

/** Arithmetic on every element of the result, cheap enough that memory sets the pace. */
export function elementwiseStep(operands: readonly ArraySpec[], result: ArraySpec, flopsEach = 1): Work {
  const elements = elementCount(result.shape);
  return {
    kernel: "elementwise",
    size: elements,
    flops: flopsEach * elements * partsOf(result),
    bytes: trafficOf(operands, result),
    ...counted("broadcast", broadcastLines(operands, result)),
  };
}

/** Every element written once more, in another dtype. */
export function conversionStep(from: ArraySpec, to: ArraySpec): Work {
  const elements = elementCount(to.shape);
  return { kernel: "elementwise", size: elements, flops: elements, bytes: bytesOf([from, to]) };
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
    ...counted("broadcast", broadcastLines(operands, result)),
  };
}

/**
 * Every element of `a` taken into a result once, as by a sum.
 * @param axes that are reduced, where the lines along them may be short
 */
export function reduceStep(a: ArraySpec, result: ArraySpec, axes?: readonly number[]): Work {
  const elements = elementCount(a.shape);
  const lines = axes ? elements / (runsOf(a.shape, axes).at(-1)?.extent || 1) : 0;
  return {
    kernel: "reduce",
    size: elements,
    flops: elements * partsOf(a),
    // A number in single precision takes as long as one in double: each is converted.
    bytes: bytesOf([a, result]) + (isSingle(a) ? byteLength(a) : 0),
    ...counted("reduce", lines),
  };
}

/**
 * Elements copied to other places.
 * @param order which axis of `a` each of the result is, where it is a transpose
 */
export function rearrangeStep(a: ArraySpec, result: ArraySpec, order?: readonly number[]): Work {
  return {
    kernel: "rearrange",
    size: elementCount(result.shape),
    flops: 0,
    bytes: bytesOf([a, result]),
    ...counted("plane", order ? planesOf(a.shape, order) : 0),
  };
}

/** Quantiles taken of sorted lines, one for each element of `result`. */
export function quantileStep(result: ArraySpec): Work {
  return { ...reduceStep(result, result), ...counted("quantile", elementCount(result.shape)) };
}

/** Lines of `length` sorted, each by itself; its size is that length, its flops are comparisons of numbers. */
export function sortStep(a: ArraySpec, length: number): Work {
  const numbers = elementCount(a.shape) * partsOf(a);
  return {
    kernel: "sort",
    size: length,
    flops: Math.ceil(numbers * Math.max(1, log2(length))),
    bytes: 2 * byteLength(a),
  };
}

/** A k×l kernel over a matrix, by the definition; its size is the width of the result. */
export function convolveStep([a, kernel]: readonly [ArraySpec, ArraySpec], result: ArraySpec): Work {
  const real = isComplex(result) ? 4 : 1;
  return {
    kernel: "convolve",
    size: result.shape[1],
    flops: 2 * real * elementCount(kernel.shape) * elementCount(result.shape),
    bytes: bytesOf([a, kernel, result]),
    // A row of the result for each element of the kernel, and one more to store it.
    ...counted("row", result.shape[0] * (elementCount(kernel.shape) + 1)),
  };
}

/** Rows of b that the product of int64 takes in one go: see integer-product.ts. */
const rowsTogether = 4;

/**
 * m×k times k×n of int64. A multiplication and addition takes as long as a flop of a convolution, whose loops are as
 * long as a row of the result.
 */
export function integerProductStep(a: ArraySpec, b: ArraySpec, result: ArraySpec): Work {
  const [m, k] = a.shape;
  const n = b.shape[1];
  return {
    kernel: "convolve",
    size: Math.max(1, n),
    flops: m * k * n,
    bytes: bytesOf([a, b, result]),
    ...counted("row", m * Math.ceil(k / rowsTogether)),
  };
}
