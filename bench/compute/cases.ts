/** What is timed on both sides. Inputs are `default_rng(seed)` on both, so they are the same bytes. */
export interface ComputeCase {
  readonly case: "abs-fft2" | "pipeline" | "matmul" | "matmul-f32" | "fft2-complex";
  readonly n: number;
}

const smooth = [64, 128, 256, 512, 1000, 1024, 2048];

const of = (name: ComputeCase["case"], sizes: readonly number[]): ComputeCase[] =>
  sizes.map((n) => ({ case: name, n }));

export const computeCases: readonly ComputeCase[] = [
  ...of("abs-fft2", [...smooth, 251, 1009]),
  ...of("fft2-complex", [256, 512, 1024]),
  ...of("pipeline", smooth),
  ...of("matmul", smooth),
  ...of("matmul-f32", [512, 1024]),
];

/** One process's answer for one case: the median of its calls, and numbers to compare results by. */
export interface Timing extends ComputeCase {
  readonly ms: number;
  /** Sum of magnitudes, and some elements spread over the result (real parts). */
  readonly sum: number;
  readonly samples: readonly number[];
}
