import { type ArraySpec, byteLength, elementCount } from "./array.ts";

/** How the data of a .npy file lies in it. */
export interface NpyLayout {
  readonly spec: ArraySpec;
  readonly fortranOrder: boolean;
  readonly littleEndian: boolean;
}

/** Puts bytes of a file's data where they belong. `at` counts from the start of the data. */
export type Place = (bytes: Uint8Array, at: number) => void;

/** Whether the data lies in the file as it does in memory: little-endian, last axis fastest. */
export function liesInPlace({ spec: { shape }, fortranOrder, littleEndian }: NpyLayout): boolean {
  // With at most one axis longer than 1 both orders are the same.
  const oneAxis = shape.filter((extent) => extent !== 1).length <= 1;
  return littleEndian && (!fortranOrder || oneAxis);
}

/**
 * Brings data of any layout into `out`, little-endian and in C order, from pieces of any size in any order:
 * each byte goes straight to its place, so that no second array is needed.
 *
 * @param out the whole array, 8-byte aligned or not
 */
export function placeInto(out: Uint8Array, layout: NpyLayout): Place {
  const { spec, littleEndian } = layout;
  if (liesInPlace(layout)) return (bytes, at) => out.set(bytes, at);
  // Widths are powers of two: flipping the low bits of an address reverses the bytes of each number.
  const flip = littleEndian ? 0 : (spec.dtype === "float32" ? 4 : 8) - 1;
  if (liesInPlace({ ...layout, littleEndian: true })) {
    return (bytes, at) => {
      for (let i = 0; i < bytes.length; i += 1) out[(at + i) ^ flip] = bytes[i] ?? 0;
    };
  }
  return fortran(out, spec, flip);
}

/** Runs along the first axis, the one that lies together in Fortran order, are spread over C order. */
function fortran(out: Uint8Array, spec: ArraySpec, flip: number): Place {
  const { shape } = spec;
  const width = byteLength({ ...spec, shape: [] });
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const [rows = 1] = shape;
  const step = (strides[0] ?? 1) * width;

  /** Where in C order the element lies that is the `index`-th in Fortran order; in elements. */
  const positionOf = (index: number): number => {
    let rest = index;
    let position = 0;
    for (const [axis, extent] of shape.entries()) {
      position += (rest % extent) * (strides[axis] ?? 0);
      rest = Math.floor(rest / extent);
    }
    return position;
  };

  return (bytes, at) => {
    let from = 0;
    while (from < bytes.length) {
      const element = Math.floor((at + from) / width);
      // A piece may begin and end within an element.
      let within = at + from - element * width;
      let to = positionOf(element) * width;
      const end = Math.min(bytes.length, from - within + (rows - (element % rows)) * width);
      while (from < end) {
        const count = Math.min(width - within, end - from);
        for (let byte = 0; byte < count; byte += 1)
          out[(to + within + byte) ^ flip] = bytes[from + byte] ?? 0;
        from += count;
        to += step;
        within = 0;
      }
    }
  };
}
