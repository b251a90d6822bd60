import type { Dtype, FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";

export const realOrComplex = ["float64", "float32", "complex128"] as const satisfies readonly Dtype[];
export const realOnly = ["float64", "float32"] as const satisfies readonly Dtype[];

/** What holds of nearly every operation here. */
export const widens = "Single precision is computed in double and rounded once at the end.";
export const noComplex = "Complex matrices are refused.";

/** @throws Problem invalid-shape */
export function requireSquare(name: string, { shape }: FloatingSpec): number {
  if (shape[0] === shape[1]) return shape[0];
  throw new Problem(
    "invalid-shape",
    `inputs.${name} must be square: it has ${shape[0]} rows and ${shape[1]} columns.`,
    { field: `inputs.${name}`, expected: "as many rows as columns", got: shape.join("×") },
  );
}

/**
 * A vector or a matrix with as many rows as `a`.
 * @throws Problem invalid-shape
 */
export function requireRightSide(b: FloatingSpec, rows: number): void {
  const fits = b.shape.length <= 2 && b.shape[0] === rows;
  if (fits) return;
  throw new Problem(
    "invalid-shape",
    `inputs.b must be a vector of ${rows} elements or a matrix of ${rows} rows: its shape is (${b.shape.join(", ")}).`,
    { field: "inputs.b", expected: `shape (${rows},) or (${rows}, k)`, got: `(${b.shape.join(", ")})` },
  );
}

/** Distance from 1 to the next number of a dtype, as numpy.finfo has it. */
export const epsOf = ({ dtype }: { dtype: Dtype }): number => (dtype === "float32" ? 2 ** -23 : 2 ** -52);
