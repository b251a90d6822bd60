import type { ArrayOf, ArraySpec, DenseArray, Dtype, FloatingArray } from "@sluice/contract/array";
import type { Seed } from "@sluice/contract/random-seed";
import type { OnFraction } from "../model/on-fraction.ts";
import type { LinearAlgebra } from "./linear-algebra.ts";
import type { EngineProfile } from "./profile.ts";
import type { Threads } from "./threads.ts";

/**
 * Names exactly what did the arithmetic: same label, same bytes, on x86-64 and arm64 alike (docs/adr/0034). Not covered
 * are the sign and payload of a NaN, which the CPU chooses.
 */
export interface EngineLabel {
  readonly name: string;
  readonly version: string;
  /** Which kernels and which rounding; changes whenever the bytes of a result may change. */
  readonly kernel: string;
}

export interface RandomRequest {
  readonly shape: readonly number[];
  readonly seed: Seed;
  readonly dtype?: "float64" | "float32";
}

/** Which lines of an array are transformed, and at which length. */
export interface Along {
  /** Counted from the first axis. */
  readonly axis: number;
  /** Points of the transform; longer lines are cut, shorter ones continued with zeros. From 1. */
  readonly length: number;
}

export interface MatmulOptions {
  /** `a` is |fft2| of a real matrix, so that a[i][j] = a[-i][-j]: half the products will do. */
  readonly centrosymmetric?: boolean;
}

/**
 * The arithmetic operations are written in. Each method allocates its result, leaves its inputs
 * alone, and runs the plan steps of its namesake in steps.ts, in that order. Shapes and dtypes were
 * checked by `plan()`. The bytes of a result depend on shapes and values alone.
 */
export interface Engine extends LinearAlgebra {
  /** A new array, all of which the caller writes: it holds whatever was there before. */
  array<Of extends Dtype>(spec: ArraySpec<Of>): ArrayOf<Of>;
  /** Begins the next step of the plan where the operation writes its own loop; told that loop's fraction. */
  nextStep(): OnFraction;
  /** DFT of every line along an axis, unnormalised; complex128 out. No line touches another. */
  fft(a: FloatingArray, along: Along): FloatingArray;
  /** The inverse of `fft`, unnormalised: `length` times what numpy.fft.ifft answers. */
  inverseFft(a: FloatingArray, along: Along): FloatingArray;
  /** Points 0 … length/2 of `fft` of a real array: the others are their conjugates. */
  realFft(a: FloatingArray, along: Along): FloatingArray;
  /**
   * The inverse of `realFft`, unnormalised: float64 of `length` points from the first length/2 + 1 of a
   * complex128 array. Imaginary parts of points 0 and length/2 count as zero.
   */
  inverseRealFft(a: FloatingArray, along: Along): FloatingArray;
  /** Two-dimensional DFT of the last two axes, unnormalised; complex128 out. */
  fft2(a: FloatingArray): FloatingArray;
  /** The inverse of `fft2` of a complex128 array, unnormalised: m·n times what numpy.fft.ifft2 answers. */
  inverseFft2(a: FloatingArray): FloatingArray;
  /** Magnitude of a complex128 array as float64; neither overflows nor underflows on the way. */
  absolute(a: FloatingArray): FloatingArray;
  /** absolute(fft2(a)), where the engine can without holding the complex array. */
  absoluteFft2(a: FloatingArray): FloatingArray;
  /** Multiplies in place by a real factor. */
  scale(a: FloatingArray, factor: number): FloatingArray;
  /** m×k times k×n, in NumPy's result dtype. */
  matmul(a: FloatingArray, b: FloatingArray, options?: MatmulOptions): FloatingArray;
  /** `numpy.random.default_rng(seed).random(shape)`, bit for bit. */
  random(request: RandomRequest): FloatingArray;
  /** Gives the memory of one of its results back now; the result is not used again. */
  release(array: DenseArray): void;
  /**
   * Ends the run. Answers its results as the caller may keep them: where no later run of this thread
   * writes. With `threadEnds` there is none, and they stay where they are.
   */
  finish<Kept extends Record<string, DenseArray>>(outputs: Kept, threadEnds?: boolean): Kept;
}

/** One way to do all of it: on one CPU kind, with one set of kernels. */
export interface EngineFactory {
  readonly label: EngineLabel;
  /** What it needs and how fast it is. */
  readonly profile: EngineProfile;
  /**
   * An engine for one run, on the calling thread and any others it is given.
   * @param nextStep asked for a reporter once per plan step
   * @param peakBytes what `demand()` says of the plan with this profile; arrays beyond it still work
   */
  open(nextStep: () => OnFraction, peakBytes: number, threads?: Threads): Engine;
}
