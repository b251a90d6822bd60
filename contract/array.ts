/** The words for arrays that every room shares: what a dtype is, how big it is, what an array is. */

export const dtypes = ["float64", "float32", "complex128", "complex64", "int64", "bool"] as const;
export type Dtype = (typeof dtypes)[number];

/** Real and complex numbers of either precision: what most arithmetic is written for. */
export const floatingDtypes = [
  "float64",
  "float32",
  "complex128",
  "complex64",
] as const satisfies readonly Dtype[];
export type FloatingDtype = (typeof floatingDtypes)[number];

/** Shape and dtype without the data: what `plan()` works on. */
export interface ArraySpec<Of extends Dtype = Dtype> {
  readonly shape: readonly number[];
  readonly dtype: Of;
}
export type FloatingSpec = ArraySpec<FloatingDtype>;
/** What has sums and products of its own kind. */
export type NumberSpec = ArraySpec<FloatingDtype | "int64">;

/**
 * Real or complex numbers, dense and in C order. A complex element is two of `data` (re, im, re, im, …), as
 * NumPy stores it. float64 and complex128 lie in a Float64Array, float32 and complex64 in a Float32Array.
 */
export interface FloatingArray extends FloatingSpec {
  readonly data: Float64Array | Float32Array;
}

/** int64, dense and in C order. */
export interface IntegerArray extends ArraySpec<"int64"> {
  readonly data: BigInt64Array;
}

export type NumberArray = FloatingArray | IntegerArray;

/** bool, dense and in C order: a byte an element, 0 or 1 and nothing else. */
export interface BooleanArray extends ArraySpec<"bool"> {
  readonly data: Uint8Array;
}

/** A dense array in C order; its dtype says what kind of `data` it has. */
export type DenseArray = FloatingArray | IntegerArray | BooleanArray;

/** The array that a spec of these dtypes describes. */
export type ArrayOf<Of extends Dtype> = Of extends FloatingDtype
  ? FloatingArray
  : Of extends "int64"
    ? IntegerArray
    : BooleanArray;

const bytesPerElement: Record<Dtype, number> = {
  float64: 8,
  float32: 4,
  complex128: 16,
  complex64: 8,
  int64: 8,
  bool: 1,
};

export function isFloating(array: DenseArray): array is FloatingArray;
export function isFloating(spec: ArraySpec): spec is FloatingSpec;
export function isFloating({ dtype }: ArraySpec): boolean {
  return dtype !== "int64" && dtype !== "bool";
}

export const isComplex = ({ dtype }: Pick<ArraySpec, "dtype">): boolean =>
  dtype === "complex128" || dtype === "complex64";

/** Whether its numbers are of 32 bits: float32 or complex64. */
export const isSingle = ({ dtype }: Pick<ArraySpec, "dtype">): boolean =>
  dtype === "float32" || dtype === "complex64";

/** Entries of `data` that one element takes: two where it is complex. */
export const partsOf = (spec: Pick<ArraySpec, "dtype">): 1 | 2 => (isComplex(spec) ? 2 : 1);

/** What JSON has no number for, by the name it travels under. */
export const nonFinite = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
} as const;
export type NonFinite = keyof typeof nonFinite;
export const nonFiniteNames = ["NaN", "Infinity", "-Infinity"] as const satisfies readonly NonFinite[];

/** Number of elements: the product of the shape; 1 for a 0-d array. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Bytes of the data alone, without any header. */
export function byteLength({ shape, dtype }: ArraySpec): number {
  return elementCount(shape) * bytesPerElement[dtype];
}

/** Bytes of one entry of `data`: a complex element is two of them. */
export function entryBytes(spec: Pick<ArraySpec, "dtype">): number {
  return bytesPerElement[spec.dtype] / partsOf(spec);
}

/** An array whose data lies in `buffer` from byte `start` on, which must be a multiple of `entryBytes`. */
export function arrayOver<Of extends Dtype>(
  spec: ArraySpec<Of>,
  buffer: ArrayBufferLike,
  start = 0,
): ArrayOf<Of> {
  const { dtype } = spec;
  const shape = [...spec.shape];
  const length = elementCount(shape) * partsOf(spec);
  // Each branch makes the array that ArrayOf has for its dtype, which the type checker cannot follow.
  const made = (array: DenseArray) => array as ArrayOf<Of>;
  if (dtype === "int64") return made({ shape, dtype, data: new BigInt64Array(buffer, start, length) });
  if (dtype === "bool") return made({ shape, dtype, data: new Uint8Array(buffer, start, length) });
  const data = isSingle(spec)
    ? new Float32Array(buffer, start, length)
    : new Float64Array(buffer, start, length);
  return made({ shape, dtype: dtype as FloatingDtype, data });
}

/** Allocates a zero-filled array. */
export function zeros<Of extends Dtype>(spec: ArraySpec<Of>): ArrayOf<Of> {
  return arrayOver(spec, new ArrayBuffer(byteLength(spec)));
}
