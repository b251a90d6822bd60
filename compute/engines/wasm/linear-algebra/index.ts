import type { FloatingSpec } from "@sluice/contract/array";
import type { OnFraction } from "../../../model/on-fraction.ts";
import { eigBy, eighBy, svdBy } from "../../factorizations/spectral-methods.ts";
import type { LinearAlgebra } from "../../linear-algebra.ts";
import type { ThreadPool } from "../../threads.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { matmul } from "../matmul.ts";
import type { KernelMemory } from "../memory.ts";
import { cholesky } from "./cholesky.ts";
import { lu } from "./lu.ts";
import type { ExecutionContext } from "./panel.ts";
import { qr } from "./qr.ts";
import { testFactors } from "./self-test.ts";
import { wasmKit } from "./spectral-kit.ts";
import { solveTriangle } from "./triangle.ts";

/** Whether the kernels calculate rightly on this machine: found out by a thread's first factorization. */
let isTested = false;

/**
 * Factorizations in blocks, nearly all of their work in matrix products.
 * @throws Error, from the first of them, where one of their kernels calculates wrongly here
 */
export function linearAlgebra(
  memory: KernelMemory,
  kernels: Kernels,
  pool: ThreadPool,
  nextStep: () => OnFraction,
): LinearAlgebra {
  const step = <Result>(work: (context: ExecutionContext) => Result): Result => {
    if (!isTested) test(memory, kernels, pool);
    const onFraction = nextStep();
    const result = work({ memory, kernels, pool, onFraction });
    onFraction(1);
    return result;
  };
  const make = (spec: FloatingSpec) => memory.array(spec, false);
  return {
    lu: (a) => step((context) => lu(a, context)),
    solveTriangle: (t, triangle, b, lowerB = false) =>
      step((context) => solveTriangle(t, triangle, b, lowerB, context)),
    cholesky: (a, upper) => step((context) => cholesky(a, upper, context)),
    qr: (a, mode) => step((context) => qr(a, mode, context)),
    eigh: (a, lower) => step((context) => eighBy(wasmKit(context), make, a, lower)),
    svd: (a, vectors) => step((context) => svdBy(wasmKit(context), make, a, vectors)),
    eig: (a, vectors) => step((context) => eigBy(wasmKit(context), make, a, vectors)),
  };
}

function test(memory: KernelMemory, kernels: Kernels, pool: ThreadPool): void {
  // What is tested are the same methods.
  isTested = true;
  try {
    testFactors({
      ...linearAlgebra(memory, kernels, pool, () => () => {}),
      array: (spec) => memory.array(spec, false),
      matmul: (a, b) => matmul(a, b, memory, pool, () => {}),
    });
  } catch (error) {
    isTested = false;
    throw error;
  }
}
