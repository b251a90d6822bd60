import { random } from "@sluice/compute";
import { type ArraySpec, type DenseArray, type Dtype, zeros } from "@sluice/contract/array";

export const eps = 2 ** -52;

export const spec = (shape: readonly number[], dtype: Dtype = "float64"): ArraySpec => ({ shape, dtype });

/** Values in [-0.5, 0.5), as `operand` in scripts/fixtures/make_numpy_fixtures.py makes them. */
export function operand(shape: readonly number[], dtype: Dtype, seed: number): DenseArray {
  const { data } =
    dtype === "complex128" ? random({ shape: [...shape, 2], seed }) : random({ shape, seed, dtype });
  for (let index = 0; index < data.length; index += 1) data[index] = (data[index] ?? 0) - 0.5;
  return { shape, dtype, data };
}

/** Largest difference relative to the largest expected element: the project's measure of agreement. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let difference = 0;
  for (let index = 0; index < expected.length; index += 1) {
    largest = Math.max(largest, Math.abs(expected[index] ?? Number.NaN));
    difference = Math.max(
      difference,
      Math.abs((actual[index] ?? Number.NaN) - (expected[index] ?? Number.NaN)),
    );
  }
  return difference === 0 ? 0 : difference / largest;
}

export function real(rows: readonly (readonly number[])[]): DenseArray {
  const array = zeros(spec([rows.length, rows[0]?.length ?? 0]));
  array.data.set(rows.flat());
  return array;
}
