import type { DenseArray } from "@sluice/contract/array";
import type { OnFraction } from "../../engines/engine.ts";
import type { Crew } from "../../engines/wasm/crew.ts";
import { foldedLeft, foldedRight, halfOf, unfold } from "../../engines/wasm/fold.ts";
import type { KernelMemory } from "../../engines/wasm/memory.ts";
import { type Rows, rowsOf } from "../../engines/wasm/staging.ts";
import type { OpenBlas } from "./openblas.ts";
import { inPlace, inScratch, staged } from "./operands.ts";
import { blockOf, doubles, mostColumns, mostRows, mostTerms, product } from "./product.ts";

/**
 * a · b for a float64 with a[i][j] = a[-i][-j], as engines/wasm/fold.ts has it: rows i and -i are a⁺b⁺ ± a⁻b⁻.
 * WASM kernels fold blocks of both factors, OpenBLAS multiplies them. The odd half is made of the rows -i of a,
 * where a⁻ has the other sign, so that it lands in the rows -i of the result without being turned around.
 */
export function foldedMatmul(
  a: DenseArray,
  b: DenseArray,
  blas: OpenBlas,
  memory: KernelMemory,
  crew: Crew,
  onFraction: OnFraction,
): DenseArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  // With one or two terms there is no odd half to write its rows.
  const result = memory.array({ shape: [m, n], dtype: "float64" }, k < 3);
  const [left, right, target] = [a, b, result].map((array) => rowsOf(array, memory));
  const halves = (["even", "odd"] as const).map((half) => {
    const extents = { m: halfOf(m, half).count, n, k: halfOf(k, half).count };
    return { half, extents, share: (extents.m * extents.k) / (m * k) };
  });
  const total = halves.reduce((sum, { share }) => sum + share, 0);
  let done = 0;
  for (const { half, extents, share } of halves) {
    const firstRow = half === "even" ? 0 : m - extents.m;
    const from: Rows = { ...left, offset: firstRow * k };
    const to: Rows = { ...target, offset: firstRow * n };
    const terms = blockOf(extents.k, mostTerms);
    const most = { left: blockOf(extents.m, mostRows) * terms, right: terms * blockOf(n, mostColumns) };
    const before = done;
    inScratch(
      memory,
      (work) => ({
        lefts: [staged(work, foldedLeft(work, from, half, most.left))],
        right: staged(work, foldedRight(work, right, k, half, most.right)),
        target: inPlace(to),
      }),
      (operands) =>
        product(doubles(blas, half === "even" ? 1 : -1), extents, operands, (fraction) =>
          onFraction((before + share * fraction) / total),
        ),
    );
    done += share;
  }
  unfold(result, memory, crew);
  onFraction(1);
  return result;
}
