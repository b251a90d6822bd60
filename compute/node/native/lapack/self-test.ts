import type { FloatingArray } from "@sluice/contract/array";
import type { LinearAlgebra } from "../../../engines/linear-algebra.ts";
import {
  expectProduct,
  matrix,
  type Tested,
  testFactors,
  transposed,
} from "../../../engines/wasm/linear-algebra/self-test.ts";

/** Column j times factor j. */
function columnsTimes({ shape, data }: FloatingArray, factors: FloatingArray): FloatingArray {
  const scaled = Float64Array.from(data, (value, index) => value * factors.data[index % shape[1]]);
  return { shape, dtype: "float64", data: scaled };
}

/**
 * The factorizations as wasm's are tested, and the spectra, which are LAPACK's here: whether it is called as it
 * wants to be, more than whether it is right.
 * @throws Error naming the one that is wrong
 */
export function testLapack(engine: Tested & LinearAlgebra): void {
  testFactors(engine);
  const [a, symmetric] = [matrix(false), matrix(true)];
  const { values, vectors } = engine.eigh(symmetric, true);
  expectProduct("eigh", engine, columnsTimes(vectors, values), transposed(vectors), symmetric);
  const { u, s, vh } = engine.svd(a, "reduced");
  if (u && vh) expectProduct("svd", engine, columnsTimes(u, s), vh, a);
  const { data } = engine.eig(symmetric, true).values;
  const real = data.filter((_, index) => index % 2 === 0).sort();
  for (const [index, value] of values.data.entries()) {
    if (Math.abs(real[index] - value) <= 1e-11) continue;
    throw new Error(`self-test of eig: expected eigenvalue ${value}, got ${real[index]}`);
  }
}
