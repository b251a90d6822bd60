import type { ArraySpec } from "@sluice/contract/array";
import { eigBy, eighBy, svdBy } from "../../../linear-algebra/spectral-methods.ts";
import type { OnFraction } from "../../engine.ts";
import type { LinearAlgebra } from "../../linear-algebra.ts";
import type { Crew } from "../crew.ts";
import type { Kernels } from "../kernels.ts";
import type { KernelMemory } from "../memory.ts";
import { cholesky } from "./cholesky.ts";
import { lu } from "./lu.ts";
import type { Floor } from "./panel.ts";
import { qr } from "./qr.ts";
import { wasmKit } from "./spectral-kit.ts";
import { solveTriangle } from "./triangle.ts";

/** Factorizations in blocks, nearly all of their work in matrix products. */
export function linearAlgebra(
  memory: KernelMemory,
  kernels: Kernels,
  crew: Crew,
  nextStep: () => OnFraction,
): LinearAlgebra {
  const step = <Result>(work: (floor: Floor) => Result): Result => {
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
