import type { DenseArray } from "@sluice/contract/array";
import type { OnFraction } from "../../engines/engine.ts";
import { foldedLeft, foldedRight, halfOf, unfold } from "../../engines/wasm/fold.ts";
import type { Kernels } from "../../engines/wasm/kernels.ts";
import type { KernelMemory } from "../../engines/wasm/memory.ts";
import { type Rows, rowsOf, Workspace } from "../../engines/wasm/staging.ts";
import type { OpenBlas } from "./openblas.ts";
import { inPlace, staged } from "./operands.ts";
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
  kernels: Kernels,
  onFraction: OnFraction,
): DenseArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  // With one or two terms there is no odd half to write its rows.
  const result = memory.array({ shape: [m, n], dtype: "float64" }, k < 3);
  const [left, right, target] = [a, b, result].map(rowsOf);
  const work = new Workspace(memory, kernels);
  const halves = (["even", "odd"] as const).map((half) => {
    const extents = { m: halfOf(m, half).count, n, k: halfOf(k, half).count };
    return { half, extents, share: (extents.m * extents.k) / (m * k) };
  });
  const total = halves.reduce((sum, { share }) => sum + share, 0);
  let done = 0;
  try {
    for (const { half, extents, share } of halves) {
      const firstRow = half === "even" ? 0 : m - extents.m;
      const terms = blockOf(extents.k, mostTerms);
      const rows: Rows = { ...left, offset: firstRow * k };
      const folded = foldedLeft(work, rows, half, blockOf(extents.m, mostRows) * terms);
      const factor = foldedRight(work, right, k, half, terms * blockOf(n, mostColumns));
      const to = inPlace({ ...target, offset: firstRow * n });
      const before = done;
      const gemm = doubles(blas, half === "even" ? 1 : -1);
      product(gemm, extents, [staged(work, folded)], staged(work, factor), to, (fraction) =>
        onFraction((before + share * fraction) / total),
      );
      done += share;
      work.free();
    }
    // Row 0 has no odd half; that of row 1 is in the last row.
    const odd: Rows = { ...target, offset: (m - 1) * n, stride: -n };
    unfold(work, { even: { ...target, offset: n }, odd }, halfOf(m, "odd").count, n);
  } finally {
    work.free();
  }
  onFraction(1);
  return result;
}
