import type { ArraySpec } from "@sluice/contract/array";
import type { OnFraction } from "../../../model/on-fraction.ts";
import { eigBy, eighBy, svdBy } from "../../factorizations/spectral-methods.ts";
import type { LinearAlgebra } from "../../linear-algebra.ts";
import type { Crew } from "../../threads.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { matmul } from "../matmul.ts";
import type { KernelMemory } from "../memory.ts";
import { cholesky } from "./cholesky.ts";
import { lu } from "./lu.ts";
import type { Floor } from "./panel.ts";
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
  crew: Crew,
  nextStep: () => OnFraction,
): LinearAlgebra {
  const step = <Result>(work: (floor: Floor) => Result): Result => {
    if (!isTested) test(memory, kernels, crew);
    const onFraction = nextStep();
    const result = work({ memory, kernels, crew, onFraction });
    onFraction(1);
    return result;
  };
  const make = (spec: ArraySpec) => memory.array(spec, false);
  return {
    lu: (a) => step((floor) => lu(a, floor)),
    solveTriangle: (t, triangle, b, lowerB = false) =>
      step((floor) => solveTriangle(t, triangle, b, lowerB, floor)),
    cholesky: (a, upper) => step((floor) => cholesky(a, upper, floor)),
    qr: (a, mode) => step((floor) => qr(a, mode, floor)),
    eigh: (a, lower) => step((floor) => eighBy(wasmKit(floor), make, a, lower)),
    svd: (a, vectors) => step((floor) => svdBy(wasmKit(floor), make, a, vectors)),
    eig: (a, vectors) => step((floor) => eigBy(wasmKit(floor), make, a, vectors)),
  };
}

function test(memory: KernelMemory, kernels: Kernels, crew: Crew): void {
  // What is tested are the same methods.
  isTested = true;
  try {
    testFactors({
      ...linearAlgebra(memory, kernels, crew, () => () => {}),
      array: (spec) => memory.array(spec, false),
      matmul: (a, b) => matmul(a, b, memory, crew, () => {}),
    });
  } catch (error) {
    isTested = false;
    throw error;
  }
}
