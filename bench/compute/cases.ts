import type { Case, EngineName, Target } from "./case.ts";

/** The rows of the table of targets. Adding one is adding a line here and, for a new name, its two calls. */

const most = (bound: number): Target => ({ of: "ratio", most: bound });
const sides = [64, 128, 256, 512, 1000, 1024, 2048];

interface Choice {
  readonly engine?: EngineName;
  readonly threads?: 1 | 2;
  /** The largest size of `--quick`; 512 unless told otherwise. */
  readonly quickTo?: number;
  readonly target?: (n: number) => Target | undefined;
}

function of(name: string, sizes: readonly number[], choice: Choice = {}): Case[] {
  return sizes.map((n) => {
    const target = choice.target?.(n);
    return {
      case: name,
      n,
      engine: choice.engine ?? "wasm",
      threads: choice.threads ?? 1,
      ...(target && { target }),
      ...(n > (choice.quickTo ?? 512) && { slow: true }),
    };
  });
}

const always = (target: Target) => () => target;

/** The sizes of `abs-fft2` whose geometric mean is asked for. */
export const meanSides: readonly number[] = sides;
export const absFft2: readonly Case[] = [
  ...of("abs-fft2", sides, { target: always(most(0.5)) }),
  ...of("abs-fft2", [251, 1009], { target: always(most(0.8)) }),
];
export const absFft2Mean: Case = {
  case: "abs-fft2-geometric-mean",
  n: null,
  engine: "wasm",
  threads: 1,
  target: most(0.4),
};

export const complexFft2: readonly Case[] = ["fft2-complex", "ifft2-complex"].flatMap((name) =>
  of(name, [256, 512, 1024], { target: always(most(0.8)) }),
);

const batches = [
  { rows: 10_000, n: 64 },
  { rows: 1000, n: 1000 },
  { rows: 1, n: 2 ** 20 },
  { rows: 1, n: 2 ** 22 },
];
/** Transforms along the last axis, of real and of complex lines. */
export const lines: readonly Case[] = ["fft-real", "fft-complex"].flatMap((name) =>
  batches.flatMap(({ rows, n }) =>
    of(name, [n], { target: always(most(0.8)) }).map((one): Case => ({ ...one, rows })),
  ),
);

export const pipelines: readonly Case[] = [
  ...of("pipeline", sides, { target: (n) => most(n <= 512 ? 0.75 : 1.1) }),
  ...of("pipeline", sides, { engine: "native", target: always(most(0.6)) }),
  ...of("pipeline", [1024, 2048], { threads: 2 }),
  ...of("pipeline", [1024, 2048], { engine: "native", threads: 2 }),
];

export const products: readonly Case[] = [
  { case: "peak-fma", n: 128, engine: "wasm", threads: 1 },
  { case: "peak-fma", n: 256, engine: "c", threads: 1 },
  ...of("matmul", sides, {
    target: (n) => (n >= 512 ? { of: "peakShare", least: 0.85 } : undefined),
  }),
  ...of("matmul", sides, { engine: "native", target: always(most(1.05)) }),
  ...of("matmul-f32", [512, 1024], { target: always({ of: "overFloat64", least: 1.8 }) }),
];

/** Time over n³ against that of 2048. */
export const large: readonly Case[] = ["pipeline-large", "matmul-large"].flatMap((name) =>
  (["wasm", "native"] as const).flatMap((engine) =>
    of(name, [4096, 8192], { engine, target: always(most(1.15)) }),
  ),
);

export const twoThreads: readonly Case[] = of("pipeline-two-threads", [2048], {
  threads: 2,
  quickTo: 2048,
  target: always({ of: "speedup", least: 1.7 }),
});

export const jsonCodec: readonly Case[] = [
  { case: "json-in", n: 1024, engine: "wasm", threads: 1, target: most(0.7) },
  { case: "json-out", n: 1024, engine: "wasm", threads: 1, target: most(0.4) },
];

/** Against ml-matrix. */
export const linearAlgebra: readonly Case[] = [
  ...["solve", "inv", "cholesky", "qr"].flatMap((name) =>
    of(name, [64, 128, 256, 512, 1024], {
      quickTo: 256,
      target: (n) => (n >= 128 ? most(n >= 512 ? 0.1 : 0.25) : undefined),
    }),
  ),
  ...["eigh", "svd", "eig"].flatMap((name) =>
    of(name, [64, 128, 256], { quickTo: 128, target: always(most(1)) }),
  ),
];

export const coldStarts: readonly Case[] = [
  { case: "cold-start", n: 64, engine: "wasm", threads: 1, target: most(0.5) },
  { case: "cold-start-bare-node", n: null, engine: "wasm", threads: 1 },
  { case: "cold-start-init", n: null, engine: "wasm", threads: 1 },
];

export const accuracies: readonly Case[] = [
  ...of("accuracy-abs-fft2", [256, 1000, 1009], { target: always(most(2)) }),
  ...(["wasm", "native"] as const).flatMap((engine) =>
    of("accuracy-matmul", [256, 512], { engine, target: always(most(2)) }),
  ),
];

export const memories: readonly Case[] = [
  ...of("memory-pipeline", [1024, 2048, 4096], { quickTo: 1024, target: always(most(1.5)) }),
  ...of("memory-matmul", [2048], { target: always(most(1.5)) }),
];
