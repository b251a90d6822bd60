import { type ArraySpec, byteLength, elementCount } from "@sluice/contract/array";
import { binaryExponent } from "../math/exponent.ts";
import { log2 } from "../math/logarithm.ts";
import { power } from "../math/power.ts";

/** The kinds of work an engine does; rates.json has one table of measured rates for each. */
export type KernelClass = EngineKernel | LoopKernel;

/** What every engine does in its own way, at its own rates. */
export type EngineKernel =
  | "fft-power-of-two"
  | "fft-any-length"
  | "abs"
  | "scale"
  | "random"
  | "matmul"
  | Factorization;

/** Loops that all engines share, in JavaScript: see loop-steps.ts. */
export type LoopKernel = "elementwise" | "transcendental" | "reduce" | "rearrange" | "sort" | "convolve";

/** Priced by the flop; their size is the smaller extent, of a triangular solve (n·n·k)^(1/3). */
export type Factorization =
  | "lu"
  | "triangular-solve"
  | "cholesky"
  | "qr"
  | "eigh"
  | "eig"
  | "eigvals"
  | "svd"
  | "svdvals";

/** What a loop does once for each short piece of an array, besides its numbers: calls, divisions, counters. */
export type LineKind = "reduce" | "broadcast" | "plane" | "copy" | "row" | "quantile" | "core";

/** Which kernel classes those are. */
export const isFactorization = (kernel: KernelClass): kernel is Factorization =>
  /^(lu|triangular-solve|cholesky|qr|eigh|eig|eigvals|svd|svdvals)$/.test(kernel);

/** One pass of one kernel, with what a cost model needs to price it. */
export interface PlanStep {
  readonly kernel: KernelClass;
  /** What the rate depends on: transform length, element count, or (m·k·n)^(1/3) for a matmul. */
  readonly size: number;
  /** Nominal: 5·n·log2(n) for a complex transform of n, 2·m·k·n for a real product. */
  readonly flops: number;
  /** Read and written: each array once, and what loops stage in the cache on the way. */
  readonly bytes: number;
  /** Bytes of all arrays alive while it runs: the operation's inputs, intermediates and outputs. */
  readonly live: number;
  /** Pieces of the arrays that a loop takes one by one; rates.json has nanoseconds for each kind. */
  readonly lines?: { readonly kind: LineKind; readonly count: number };
  /** Of transforms along one axis, which hold no spectrum of a whole matrix: points of the longest line they read or write. */
  readonly linePoints?: number;
  /** How often it is done: once for each matrix of a stack. Its flops, bytes and lines are of one time. 1 when absent. */
  readonly times?: number;
  /** It and the steps behind it, so many in all, are done in turns for one matrix of a stack after the other, and reported as one. */
  readonly together?: number;
}

export type Work = Omit<PlanStep, "live">;

export const isPowerOfTwo = (n: number): boolean => n > 0 && 2 ** binaryExponent(n) === n;

/** Says which arrays are alive during these steps. */
export function whileHolding(alive: readonly ArraySpec[], steps: readonly Work[]): PlanStep[] {
  const live = alive.reduce((bytes, spec) => bytes + byteLength(spec), 0);
  return steps.map((step) => ({ ...step, live }));
}

function fftStep(length: number, transforms: number): Work {
  return {
    kernel: isPowerOfTwo(length) ? "fft-power-of-two" : "fft-any-length",
    size: length,
    flops: Math.ceil(5 * length * Math.max(1, log2(length))) * transforms,
    bytes: 2 * 16 * length * transforms,
  };
}

/** Rows, then columns, of the last two axes. */
export function fft2Steps({ shape }: ArraySpec): Work[] {
  const columns = shape.at(-1) ?? 1;
  const rows = shape.at(-2) ?? 1;
  const elements = elementCount(shape);
  return [fftStep(columns, elements / columns), fftStep(rows, elements / rows)];
}

/** The lines of `input` along an axis, transformed at `length` points into those of `output`. */
export function fftLinesStep(input: ArraySpec, output: ArraySpec, axis: number, length: number): Work {
  const points = output.shape[axis] ?? 1;
  return {
    ...fftStep(length, elementCount(output.shape) / points),
    bytes: byteLength(input) + byteLength(output),
    linePoints: Math.max(length, points, input.shape[axis] ?? 1),
  };
}

export function absoluteStep(input: ArraySpec): Work {
  const elements = elementCount(input.shape);
  return { kernel: "abs", size: elements, flops: 4 * elements, bytes: byteLength(input) + 8 * elements };
}

export function scaleStep(input: ArraySpec): Work {
  const elements = elementCount(input.shape);
  return { kernel: "scale", size: elements, flops: 2 * elements, bytes: 2 * byteLength(input) };
}

export function randomStep(output: ArraySpec): Work {
  const elements = elementCount(output.shape);
  // Generating is integer work; the one flop is the conversion to floating point.
  return { kernel: "random", size: elements, flops: elements, bytes: byteLength(output) };
}

/** `a` is m×k, `b` is k×n, `output` is m×n. */
export function matmulStep(a: ArraySpec, b: ArraySpec, output: ArraySpec): Work {
  const products = elementCount(a.shape) * (b.shape[1] ?? 0);
  const realProducts = products * (a.dtype === "complex128" ? 2 : 1) * (b.dtype === "complex128" ? 2 : 1);
  return {
    kernel: "matmul",
    size: power(products, 1 / 3),
    flops: 2 * realProducts,
    bytes: byteLength(a) + byteLength(b) + byteLength(output),
  };
}
