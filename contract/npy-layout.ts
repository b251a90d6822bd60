import { type ArraySpec, elementCount } from "./array.ts";

/** A copy with the bytes of every `width`-byte number reversed. */
export function withBytesSwapped(bytes: Uint8Array, width: 4 | 8): Uint8Array {
  const swapped = new Uint8Array(bytes.length);
  for (let from = 0; from < bytes.length; from += width) {
    for (let byte = 0; byte < width; byte += 1) swapped[from + byte] = bytes[from + width - 1 - byte] ?? 0;
  }
  return swapped;
}

/** The first `axes` extents multiplied, and so on: elements between neighbours along each axis. */
function fortranStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => elementCount(shape.slice(0, axis)));
}

/** Data in Fortran order (first axis fastest) as C order (last axis fastest). */
export function toCOrder(data: Float64Array | Float32Array, spec: ArraySpec): Float64Array | Float32Array {
  const { shape } = spec;
  // With at most one axis longer than 1 both orders are the same.
  if (shape.filter((extent) => extent !== 1).length <= 1) return data;
  const parts = spec.dtype === "complex128" ? 2 : 1;
  const strides = fortranStrides(shape);
  const lastAxis = shape.length - 1;
  const [lineLength, lineStride] = [shape[lastAxis] ?? 1, (strides[lastAxis] ?? 1) * parts];
  const out = data.slice();
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to += lineLength * parts) {
    for (let i = 0; i < lineLength; i += 1) {
      for (let part = 0; part < parts; part += 1) {
        out[to + i * parts + part] = data[from + i * lineStride + part] ?? 0;
      }
    }
    // The next line: count up the remaining axes, the last of them fastest.
    for (let axis = lastAxis - 1; axis >= 0; axis -= 1) {
      index[axis] = (index[axis] ?? 0) + 1;
      from += (strides[axis] ?? 0) * parts;
      if (index[axis] !== shape[axis]) break;
      from -= (shape[axis] ?? 0) * (strides[axis] ?? 0) * parts;
      index[axis] = 0;
    }
  }
  return out;
}
