import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { luStep, widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { realOrComplex, widens } from "./checks.ts";
import { rowOrder, widthOf } from "./elimination.ts";

const params = () =>
  z.strictObject({
    p_indices: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe("p as row numbers with a = l[p] @ u, instead of a matrix with a = p @ l @ u"),
  });

function specsOf(a: FloatingSpec, indices: boolean) {
  const [m, n] = a.shape;
  const { dtype } = widened(a);
  const least = Math.min(m, n);
  return {
    p: { shape: indices ? [m] : [m, m], dtype: "float64" },
    l: { shape: [m, least], dtype },
    u: { shape: [least, n], dtype },
  } satisfies Record<string, FloatingSpec>;
}

/** Elements [from(i), to(i)) of each row i of a matrix; the others are zero. */
function rowsOf(
  a: FloatingArray,
  spec: FloatingSpec,
  engine: Engine,
  range: (row: number) => readonly [from: number, to: number],
): FloatingArray {
  const result = engine.array(spec);
  const width = widthOf(a);
  result.data.fill(0);
  for (let i = 0; i < spec.shape[0]; i += 1) {
    const [from, to] = range(i);
    if (from >= to) continue;
    const row = a.data.subarray((i * a.shape[1] + from) * width, (i * a.shape[1] + to) * width);
    result.data.set(row, (i * spec.shape[1] + from) * width);
  }
  return result;
}

function permutation(order: Int32Array, spec: FloatingSpec, indices: boolean, engine: Engine): FloatingArray {
  const p = engine.array(spec);
  if (!indices) p.data.fill(0);
  for (const [row, source] of order.entries()) {
    // Row `source` of a is row `row` of l @ u.
    if (indices) p.data[source] = row;
    else p.data[source * order.length + row] = 1;
  }
  return p;
}

/** As scipy.linalg.lu: a = p @ l @ u. A singular matrix has factors too. */
export const lu = defineOperation({
  name: "lu",
  summary: "a = p @ l @ u with partial pivoting, as scipy.linalg.lu",
  inputs: { a: { description: "m×n", rank: 2, dtypes: realOrComplex } },
  outputs: {
    p: "m×m permutation, float64; with p_indices the m row numbers, float64 too",
    l: "m×min(m, n), unit lower triangular or trapezoidal",
    u: "min(m, n)×n, upper; float64, or complex128 where a is",
  },
  params,
  differences: [widens],
  example: {
    operation: "lu",
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },

  plan({ p_indices }, { a }) {
    const outputs = specsOf(a, p_indices);
    const alive = [a, widened(a), outputs.p, outputs.l, outputs.u];
    return { params: { p_indices }, outputs, steps: whileHolding(alive, [luStep(a)]) };
  },

  run({ p_indices }, { a }, engine) {
    const specs = specsOf(a, p_indices);
    const { lu: packed, pivots } = engine.lu(a);
    const [least, n] = specs.u.shape;
    const l = rowsOf(packed, specs.l, engine, (row) => [0, Math.min(row, least)]);
    for (let k = 0; k < least; k += 1) l.data[k * (least + 1) * widthOf(l)] = 1;
    const u = rowsOf(packed, specs.u, engine, (row) => [row, n]);
    engine.release(packed);
    const p = permutation(rowOrder(pivots, a.shape[0]), specs.p, p_indices, engine);
    return { p, l, u };
  },
});
