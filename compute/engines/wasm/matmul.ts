import type { FloatingArray, FloatingDtype } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import type { ThreadPool } from "../threads.ts";
import { complexDestination, realDestination } from "./destination.ts";
import {
  depthOf,
  type Extents,
  type Product,
  type Products,
  panelBytes,
  panelColumns,
  rowsPerTurn,
  stagedColumns,
} from "./gemm.ts";
import type { KernelMemory } from "./memory.ts";
import { multiply, productTask } from "./products.ts";
import { type Operand, planeOperand, type Rows, realOperand, rowsOf, type Workspace } from "./staging.ts";

/** A matrix as every thread gets it. */
interface Factor extends Rows {
  readonly dtype: FloatingDtype;
}

interface Args extends Extents {
  readonly a: Factor;
  readonly b: Factor;
  readonly result: Factor;
}

const factorOf = (array: FloatingArray, memory: KernelMemory): Factor => ({
  ...rowsOf(array, memory),
  dtype: array.dtype,
});
const planesOf = ({ dtype }: { dtype: FloatingDtype }): 1 | 2 => (dtype === "complex128" ? 2 : 1);
const isSingle = ({ dtype }: { dtype: FloatingDtype }): boolean => dtype === "float32";

/** The real matrices a factor is made of: [re] or [re, im]. */
function parts(work: Workspace, factor: Factor, most: number, single: boolean): Operand[] {
  if (planesOf(factor) === 1) return [realOperand(work, factor, most, single)];
  return [planeOperand(work, factor, 0, 1, most), planeOperand(work, factor, 1, 1, most)];
}

function productsOf(work: Workspace, a: Factor, b: Factor, most: number, single: boolean): Product[] {
  const left = parts(work, a, most, single);
  const rightIsComplex = planesOf(b) === 2;
  const real = { left: left[0], right: 0, plane: 0, add: false };
  if (left.length === 1) {
    return rightIsComplex ? [real, { left: left[0], right: 1, plane: 1, add: false }] : [real];
  }
  if (!rightIsComplex) return [real, { left: left[1], right: 0, plane: 1, add: false }];
  const minusImaginary = planeOperand(work, a, 1, -1, most);
  return [
    real,
    { left: minusImaginary, right: 1, plane: 0, add: true },
    { left: left[0], right: 1, plane: 1, add: false },
    { left: left[1], right: 0, plane: 1, add: true },
  ];
}

function prepare(work: Workspace, { a, b, result, m, n, k }: Args, threads: number): Products {
  const terms = depthOf(k);
  const rows = rowsPerTurn(m, threads);
  const single = isSingle(result);
  const block = rows * Math.min(panelColumns, n);
  return {
    destination:
      planesOf(result) === 2
        ? complexDestination(work, result, block)
        : realDestination(work, result, block, single),
    products: productsOf(work, a, b, rows * terms, single),
    rights: parts(work, b, terms * Math.min(stagedColumns, n), single),
    panel: work.take(panelBytes({ m, n, k }, threads, single)),
  };
}

export const matmulTask = productTask<Args>("matmul", prepare, ({ result }) => isSingle(result));

/** 2·m·k·n flops of each real product at 24 a nanosecond, 48 of float32. */
function nanoseconds(a: Factor, b: Factor, { m, n, k }: Extents): number {
  return (m * n * k * planesOf(a) * planesOf(b)) / (isSingle(a) && isSingle(b) ? 24 : 12);
}

/**
 * a @ b for an m×k and a k×n matrix, in NumPy's result dtype; sums in the result's precision. A
 * complex product is two or four real ones; unlike NumPy a real factor is not widened first, so an
 * infinity in the other one makes no NaN out of 0·∞.
 */
export function matmul(
  a: FloatingArray,
  b: FloatingArray,
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): FloatingArray {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const result = memory.array({ shape: [m, n], dtype: resultDtype(a.dtype, b.dtype) }, k === 0);
  const workers = pool.forWork(nanoseconds(factorOf(a, memory), factorOf(b, memory), { m, n, k }));
  const [left, right] = [a, b].map((array) => memory.common(array, workers));
  const args = {
    a: factorOf(left, memory),
    b: factorOf(right, memory),
    result: factorOf(result, memory),
    m,
    n,
    k,
  };
  multiply(matmulTask, args, planesOf(right), memory, workers, onFraction);
  for (const [copy, array] of [[left, a] as const, [right, b] as const])
    if (copy !== array) memory.release(copy);
  onFraction(1);
  return result;
}
