import type { FloatingArray } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import type { Engine } from "../../engines/engine.ts";
import type { Lu } from "../../engines/linear-algebra.ts";

export const unitLower = { lower: true, unit: true } as const;
export const upper = { lower: false, unit: false } as const;

/** Numbers per element. */
export const widthOf = ({ dtype }: { dtype: string }): 1 | 2 => (dtype === "complex128" ? 2 : 1);

/** Which row of A is row i of P·A. */
export function rowOrder(pivots: Int32Array, rows: number): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, index) => index);
  for (const [k, row] of pivots.entries()) [order[k], order[row]] = [order[row], order[k]];
  return order;
}

/**
 * As LAPACK's getrf: a pivot that is exactly zero, not one that is merely small.
 * @throws Problem singular-matrix
 */
export function requireRegular({ lu, pivots }: Lu): void {
  const width = widthOf(lu);
  for (let k = 0; k < pivots.length; k += 1) {
    const at = k * (lu.shape[1] + 1) * width;
    if (lu.data[at] !== 0 || (width === 2 && lu.data[at + 1] !== 0)) continue;
    throw new Problem(
      "singular-matrix",
      `inputs.a is singular: pivot ${k + 1} of ${pivots.length} is zero.`,
      {
        field: "inputs.a",
        expected: "a matrix that can be inverted",
      },
    );
  }
}

/** A⁻¹·b for a matrix b, in a new array of the engine's; both of a's dtype, or b complex and a real. */
export function solveFactored({ lu, pivots }: Lu, b: FloatingArray, engine: Engine): FloatingArray {
  const [n, columns] = b.shape;
  // Each of a real matrix's right sides is a column, whatever it means: real and imaginary parts are two.
  const complexB = b.dtype === "complex128";
  const dtype = complexB || lu.dtype === "complex128" ? "complex128" : "float64";
  const result = engine.array({ shape: [n, columns], dtype });
  const width = widthOf(result);
  const order = rowOrder(pivots, n);
  for (let i = 0; i < n; i += 1) {
    const from = order[i] * columns * widthOf(b);
    if (widthOf(b) === width) {
      result.data.set(b.data.subarray(from, from + columns * width), i * columns * width);
      continue;
    }
    for (let j = 0; j < columns; j += 1) {
      result.data[(i * columns + j) * 2] = b.data[from + j];
      result.data[(i * columns + j) * 2 + 1] = 0;
    }
  }
  const sides =
    lu.dtype === "complex128" || !complexB
      ? result
      : ({ shape: [n, 2 * columns], dtype: "float64", data: result.data } as const);
  engine.solveTriangle(lu, unitLower, sides);
  engine.solveTriangle(lu, upper, sides);
  return result;
}
