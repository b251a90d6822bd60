import { random } from "@sluice/compute";
import {
  type DenseArray,
  type Dtype,
  type FloatingArray,
  type FloatingDtype,
  type FloatingSpec,
  isComplex,
  isSingle,
  zeros,
} from "@sluice/contract/array";

export const eps = 2 ** -52;

export const spec = (shape: readonly number[], dtype: FloatingDtype = "float64"): FloatingSpec => ({
  shape,
  dtype,
});

/** Values in [-0.5, 0.5), whole numbers from -9 to 9 or bools, as `operand` and `typed` in scripts/fixtures/make_numpy_fixtures.py makes them. */
export function operand(shape: readonly number[], dtype: FloatingDtype, seed: number): FloatingArray;
export function operand(shape: readonly number[], dtype: Dtype, seed: number): DenseArray;
export function operand(shape: readonly number[], dtype: Dtype, seed: number): DenseArray {
  const array: DenseArray = zeros({ shape, dtype });
  if (array.dtype === "bool" || array.dtype === "int64") {
    for (const [index, value] of random({ shape, seed }).data.entries()) {
      if (array.dtype === "bool") array.data[index] = value < 0.5 ? 1 : 0;
      else array.data[index] = BigInt(Math.floor(value * 19)) - 9n;
    }
    return array;
  }
  const { data } = random({
    shape: isComplex({ dtype }) ? [...shape, 2] : shape,
    seed,
    dtype: isSingle({ dtype }) ? "float32" : "float64",
  });
  for (let index = 0; index < data.length; index += 1) data[index] = (data[index] ?? 0) - 0.5;
  return { shape, dtype: array.dtype, data };
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

export function real(rows: readonly (readonly number[])[]): FloatingArray {
  const array = zeros(spec([rows.length, rows[0]?.length ?? 0]));
  array.data.set(rows.flat());
  return array;
}
