import type { FloatingDtype } from "@sluice/contract/array";

type Data = Float64Array | Float32Array;

interface Replacement {
  readonly data: Data;
  readonly dtype: FloatingDtype;
  /** What the transform of the replacement has to be multiplied by. */
  readonly factor: number;
}

/** Sums of up to 2^60 elements stay finite after this, and nothing that counts beside 1e300 is lost. */
const shrink = 2 ** -64;

/**
 * What to transform instead of a matrix whose transform was not finite. Where the matrix itself is
 * finite a sum on the way overflowed: the matrix, smaller. Real infinities and NaNs spread through
 * the pairs of rows that real transforms work on: the same as complex numbers, which are not
 * paired. Complex ones have nothing better: undefined.
 */
export function withinRange(data: Data, dtype: FloatingDtype): Replacement | undefined {
  if (data.every(Number.isFinite)) {
    return {
      data: Float64Array.from(data, (value) => value * shrink),
      dtype: widened(dtype),
      factor: 1 / shrink,
    };
  }
  if (dtype === "complex128") return undefined;
  const complex = new Float64Array(2 * data.length);
  for (let index = 0; index < data.length; index += 1) complex[2 * index] = data[index];
  return { data: complex, dtype: "complex128", factor: 1 };
}

const widened = (dtype: FloatingDtype): FloatingDtype => (dtype === "complex128" ? dtype : "float64");
