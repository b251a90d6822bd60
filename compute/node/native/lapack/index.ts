import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import type { LinearAlgebra } from "../../../engines/linear-algebra.ts";
import type { ThreadPool } from "../../../engines/threads.ts";
import type { KernelMemory } from "../../../engines/wasm/memory.ts";
import { square } from "../../../math/powers.ts";
import type { OnFraction } from "../../../model/on-fraction.ts";
import { matmul } from "../matmul.ts";
import type { OpenBlas } from "../openblas.ts";
import { type LapackContext, resultIn } from "./context.ts";
import { cholesky, lu, solveTriangle } from "./factors.ts";
import { qr } from "./qr.ts";
import { testLapack } from "./self-test.ts";
import { eig, eigh, svd } from "./spectra.ts";

/** Extent below which a second thread brings nothing, but to trsm; from here on 0 to 0.8 of the first, at 1024 0.1 to 0.7. */
const leastForThreads = 512;

/** Whether its integers can count a workspace: the largest is gesdd's, 4·n² and some rows. Empty ones are no work. */
function fits({ shape: [m, n] }: FloatingSpec, { mostExtent }: OpenBlas): boolean {
  return m > 0 && n > 0 && 8 * square(Math.max(m, n)) <= mostExtent;
}

/** OpenBLAS's own way for each, in one step. */
function lapackAt(context: LapackContext): LinearAlgebra {
  return {
    lu: (a) => lu(a, context),
    solveTriangle: (t, triangle, b, lowerB = false) => solveTriangle(t, triangle, b, lowerB, context),
    cholesky: (a, upper) => cholesky(a, upper, context),
    qr: (a, mode) => qr(a, mode, context),
    eigh: (a, lower) => eigh(a, lower, context),
    svd: (a, vectors) => svd(a, vectors, context),
    eig: (a, vectors) => eig(a, vectors, context),
  };
}

/** The libraries whose LAPACK was found to calculate rightly on this machine, by a thread's first factorization. */
const tested = new WeakSet<OpenBlas>();

/**
 * OpenBLAS's LAPACK; wasm's methods where integers of 32 bits cannot count the workspace. Each is one call, or two
 * for Q, during which the thread can neither be terminated nor say how far it is: on one core 0.2, 0.5 and 1.1 s for
 * eigh, svd and eig at 1024×1024, 1.4 and 3.8 s for the first two at 2048, and by n³ 12, 30 and 70 s at 4096.
 * @throws Error, from the first of them, where it calculates wrongly here
 */
export function linearAlgebra(
  blas: OpenBlas,
  memory: KernelMemory,
  pool: ThreadPool,
  nextStep: () => OnFraction,
  wasm: LinearAlgebra,
): LinearAlgebra {
  const step = <Result>(a: FloatingArray, work: (by: LinearAlgebra) => Result): Result => {
    if (!fits(a, blas)) return work(wasm);
    if (!tested.has(blas)) {
      const context = { blas, memory, threads: 1 };
      testLapack({
        ...lapackAt(context),
        array: (spec) => resultIn(context, spec),
        matmul: (one, other) => matmul(one, other, blas, memory, () => {}),
      });
      tested.add(blas);
    }
    const onFraction = nextStep();
    blas.setThreads(Math.max(...a.shape) < leastForThreads ? 1 : pool.size);
    const result = work(lapackAt({ blas, memory, threads: pool.size }));
    onFraction(1);
    return result;
  };
  return {
    lu: (a) => step(a, (by) => by.lu(a)),
    solveTriangle: (t, triangle, b, lowerB) => step(b, (by) => by.solveTriangle(t, triangle, b, lowerB)),
    cholesky: (a, upper) => step(a, (by) => by.cholesky(a, upper)),
    qr: (a, mode) => step(a, (by) => by.qr(a, mode)),
    eigh: (a, lower) => step(a, (by) => by.eigh(a, lower)),
    svd: (a, vectors) => step(a, (by) => by.svd(a, vectors)),
    eig: (a, vectors) => step(a, (by) => by.eig(a, vectors)),
  };
}
