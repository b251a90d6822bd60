import type { FloatingArray } from "@sluice/contract/array";
import { mostColumns, mostRows, mostTerms } from "../../engines/native/scratch.ts";
import { foldedLeft, foldedRight, halfOf } from "../../engines/wasm/fold.ts";
import type { KernelMemory } from "../../engines/wasm/memory.ts";
import { type Rows, rowsOf } from "../../engines/wasm/staging.ts";
import type { OnFraction } from "../../model/on-fraction.ts";
import { freshResult } from "./fresh-result.ts";
import type { OpenBlas } from "./openblas.ts";
import { inPlace, inScratch, staged } from "./operands.ts";
import { blockOf, doubles, product } from "./product.ts";

/** Rows i and -i hold the even half of a product and the odd one with the other sign: makes them what they stand for. */
function unfold({ shape: [m, n], data }: FloatingArray): void {
  const { count } = halfOf(m, "odd");
  for (let row = 1; row <= count; row += 1) {
    const one = row * n;
    const mirror = (m - row) * n;
    for (let column = 0; column < n; column += 1) {
      const even = data[one + column];
      const odd = data[mirror + column];
      data[one + column] = even - odd;
      data[mirror + column] = even + odd;
    }
  }
}

/**
 * a · b for a float64 with a[i][j] = a[-i][-j], as engines/wasm/fold.ts has it: rows i and -i are a⁺b⁺ ± a⁻b⁻.
 * WASM kernels fold blocks of both factors, OpenBLAS multiplies them. The odd half is made of the rows -i of a,
 * where a⁻ has the other sign, so that it lands in the rows -i of the result without being turned around.
 */
export function foldedMatmul(
  a: FloatingArray,
  b: FloatingArray,
  blas: OpenBlas,
  memory: KernelMemory,
  onFraction: OnFraction,
  threads = 1,
): FloatingArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const result = freshResult({ shape: [m, n], dtype: "float64" }, memory, threads);
  // With one or two terms there is no odd half to write its rows.
  if (k < 3) result.data.fill(0);
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
        product(doubles(blas), extents, operands, (fraction) =>
          onFraction((before + share * fraction) / total),
        ),
    );
    done += share;
  }
  unfold(result);
  onFraction(1);
  return result;
}
