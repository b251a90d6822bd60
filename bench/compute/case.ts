/** What every row of the benchmark is asked for and answers: one line, or one JSON object. */

export type EngineName = "wasm" | "native" | "reference";

/** A bound on one figure of a row. */
export interface Target {
  readonly of: "ratio" | "speedup" | "peakShare" | "overFloat64";
  readonly most?: number;
  readonly least?: number;
}

export interface Case {
  readonly case: string;
  /** The side of a square matrix; the length of a line where there are `rows`; null where there is no size. */
  readonly n: number | null;
  /** Lines of a batch. */
  readonly rows?: number;
  readonly engine: EngineName | "c";
  readonly threads: 1 | 2;
  readonly target?: Target;
  /** Left out by `--quick`. */
  readonly slow?: true;
}

/** The figures of a row; only what this run has measured is there. */
export interface Figures {
  readonly oursMs: number | null;
  readonly peer: string | null;
  readonly peerMs: number | null;
  /** Ours over the peer's, the median of the rounds: below 1 is faster, smaller or more exact than the peer. */
  readonly ratio: number | null;
  readonly quartiles?: readonly [number, number];
  /** The peer against itself left 0.9–1.1, or a tenth of the threads' cores was taken: the machine was busy. */
  readonly noisy?: boolean;
  /** Cores' worth of arithmetic that as many processes got as the row has threads. */
  readonly freeCores?: number;
  /** 1 / ratio, where that is how it is asked for. */
  readonly speedup?: number;
  /** The largest difference of the two results, over the largest element compared. */
  readonly difference?: number;
  /** 10⁹ multiplications and additions a second, at the best quartile of all calls. */
  readonly gflops?: number;
  /** gflops over the peak of `peakBits` wide multiply-adds, measured in the same rounds in the same way. */
  readonly peakShare?: number;
  readonly peakBits?: number;
  /** How many times as fast as our own float64 product of this size. */
  readonly overFloat64?: number;
  /** Root mean square errors against long double, over the largest element. */
  readonly oursError?: number;
  readonly peerError?: number;
  readonly bytes?: number;
  readonly plannedBytes?: number;
  /** Said in words after the figures. */
  readonly note?: string;
}

export interface Row extends Omit<Case, "slow">, Figures {
  /** Version and kernels of the engine. */
  readonly kernel?: string;
  /** Why there are no figures. */
  readonly absent?: string;
  /** Whether the figure of the target is within it. */
  readonly met?: boolean;
}

export const nothing: Figures = { oursMs: null, peer: null, peerMs: null, ratio: null };

export function met({ of, most, least }: Target, figures: Figures): boolean | undefined {
  const value = figures[of];
  if (value === undefined || value === null) return undefined;
  return value <= (most ?? Number.POSITIVE_INFINITY) && value >= (least ?? Number.NEGATIVE_INFINITY);
}

/** The row of a case that was measured. */
export function row({ slow: _, ...one }: Case, figures: Figures, kernel?: string): Row {
  const verdict = one.target && met(one.target, figures);
  return {
    ...one,
    ...(kernel !== undefined && { kernel }),
    ...figures,
    ...(verdict !== undefined && { met: verdict }),
  };
}

/** The row of a case that cannot be measured here. */
export function absentRow({ slow: _, ...one }: Case, reason: string): Row {
  return { ...one, ...nothing, absent: reason };
}
