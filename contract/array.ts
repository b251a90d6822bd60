/** The words for arrays that every room shares: what a dtype is, how big it is, what an array is. */

export const dtypes = ["float64", "float32", "complex128"] as const;
export type Dtype = (typeof dtypes)[number];

/** Shape and dtype without the data: what `plan()` works on. */
export interface ArraySpec {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

/**
 * A dense array in C order. `data` holds `size(shape)` elements; complex128 is interleaved
 * (re, im, re, im, …) as NumPy stores it, so its `data` is twice as long.
 */
export interface DenseArray extends ArraySpec {
  readonly data: Float64Array | Float32Array;
}

const bytesPerElement: Record<Dtype, number> = { float64: 8, float32: 4, complex128: 16 };

/** Number of elements: the product of the shape; 1 for a 0-d array. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Bytes of the data alone, without any header. */
export function byteLength({ shape, dtype }: ArraySpec): number {
  return elementCount(shape) * bytesPerElement[dtype];
}

/** Allocates a zero-filled array. */
export function zeros({ shape, dtype }: ArraySpec): DenseArray {
  const length = elementCount(shape) * (dtype === "complex128" ? 2 : 1);
  const data = dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
  return { shape: [...shape], dtype, data };
}
