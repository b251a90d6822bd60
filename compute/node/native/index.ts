import type { Engine, EngineFactory } from "../../engines/engine.ts";
import { offerEngine } from "../../engines/index.ts";
import { nativeProfile } from "../../engines/native/profile.ts";
import { singleThreadPool, type ThreadPool } from "../../engines/threads.ts";
import { foldable } from "../../engines/wasm/fold.ts";
import { engineOn, wasmFactory } from "../../engines/wasm/index.ts";
import { type KernelMemory, kernelMemory } from "../../engines/wasm/memory.ts";
import { selfTest } from "../../engines/wasm/self-test.ts";
import type { OnFraction } from "../../model/on-fraction.ts";
import { foldedMatmul } from "./fold.ts";
import { linearAlgebra } from "./lapack/index.ts";
import { matmul } from "./matmul.ts";
import { bind, findOpenBlas, messageOf, type OpenBlas } from "./openblas.ts";
import { selfTestBlas } from "./self-test.ts";

/** m·n·k below which more threads cost more than they bring: 256³. */
const leastForThreads = 2 ** 24;

/**
 * The wasm engine with OpenBLAS's products and LAPACK, on a memory and a pool of the caller's choice. OpenBLAS has threads of
 * its own, as many as the pool, which sleeps meanwhile.
 */
export function nativeEngineOn(
  blas: OpenBlas,
  memory: KernelMemory,
  pool: ThreadPool,
  nextStep: () => OnFraction,
): Engine {
  const wasm = engineOn(memory, pool, nextStep);
  return {
    ...wasm,
    ...linearAlgebra(blas, memory, pool, nextStep, wasm),
    matmul(a, b, options = {}) {
      const [m, k] = a.shape;
      const n = b.shape[1];
      // A row of complex numbers is passed as twice as many real ones.
      if (2 * Math.max(m, n, k) > blas.mostExtent) return wasm.matmul(a, b, options);
      const onFraction = nextStep();
      const folds = options.centrosymmetric && foldable(a, b, memory, pool);
      blas.setThreads(m * n * k < leastForThreads ? 1 : pool.size);
      return (folds ? foldedMatmul : matmul)(a, b, blas, memory, onFraction, pool.size);
    },
  };
}

/** Enough for the few numbers of a self-test. */
const testBytes = 2 ** 20;

/**
 * Matrix products and factorizations by OpenBLAS, everything else as on wasm; tested on this machine.
 * @throws Error when either of them calculates wrongly here
 */
export function nativeFactory(blas: OpenBlas): EngineFactory {
  const wasm = wasmFactory();
  const memory = kernelMemory(testBytes);
  const engine = nativeEngineOn(blas, memory, singleThreadPool(memory.memory), () => () => {});
  selfTestBlas(blas, memory);
  selfTest(engine);
  engine.finish({});
  return {
    label: { name: nativeProfile.name, version: "4", kernel: `${blas.kernel}+${wasm.label.kernel}` },
    profile: nativeProfile,
    open(nextStep, peakBytes, threads) {
      const own = kernelMemory(peakBytes, threads?.size);
      const pool = threads ? threads.poolOn(own.memory) : singleThreadPool(own.memory);
      return nativeEngineOn(blas, own, pool, nextStep);
    },
  };
}

let offered: string | undefined;

/** The entry this thread was offered native code from, for the threads it starts. */
export const nativeEntry = (): string | undefined => offered;

/**
 * Offers the `native` engine to this thread and those it starts, if koffi and OpenBLAS are here. Called before
 * anything is planned or run.
 * @param entry a file (absolute path) that koffi is installed beside or above
 * @returns what is missing, or undefined when nothing is
 */
export function offerNative(entry: string): string | undefined {
  let library: ReturnType<typeof findOpenBlas>;
  try {
    library = findOpenBlas(entry);
  } catch (error) {
    return messageOf(error);
  }
  offerEngine({ name: "native", factory: () => nativeFactory(bind(library)) });
  offered = entry;
  return undefined;
}
