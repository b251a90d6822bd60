import { type ArraySpec, arrayOver, byteLength, elementCount, entryBytes, partsOf } from "./array.ts";
import type { StoredDtype } from "./npy-dtypes.ts";

/** How the data of a .npy file lies in it. */
export interface NpyLayout {
  /** What the array is here: the file's own dtype may be another. */
  readonly spec: ArraySpec;
  readonly stored: StoredDtype;
  readonly fortranOrder: boolean;
  readonly littleEndian: boolean;
}

/** Puts bytes of a file's data where they belong. `at` counts from the start of the data. */
export type Place = (bytes: Uint8Array, at: number) => void;

/** Whether the data lies in the file as it does in memory: of the same dtype, little-endian, last axis fastest. */
export function liesInPlace({ spec: { shape }, stored, fortranOrder, littleEndian }: NpyLayout): boolean {
  // With at most one axis longer than 1 both orders are the same.
  const oneAxis = shape.filter((extent) => extent !== 1).length <= 1;
  return !stored.read && littleEndian && (!fortranOrder || oneAxis);
}

/**
 * Brings data of any dtype and layout into `out`, little-endian and in C order, from pieces of any size in any
 * order: each number goes straight to its place, so that no second array is needed.
 *
 * @param out the whole array, 8-byte aligned
 */
export function placeInto(out: Uint8Array, layout: NpyLayout): Place {
  const { spec, littleEndian } = layout;
  if (liesInPlace(layout)) return (bytes, at) => out.set(bytes, at);
  if (layout.stored.read) return converting(out, layout, layout.stored.read);
  // Widths are powers of two: flipping the low bits of an address reverses the bytes of each number.
  const flip = littleEndian ? 0 : entryBytes(spec) - 1;
  if (liesInPlace({ ...layout, littleEndian: true })) {
    return (bytes, at) => {
      for (let i = 0; i < bytes.length; i += 1) out[(at + i) ^ flip] = bytes[i] ?? 0;
    };
  }
  return fortran(out, spec, flip);
}

/** Each number is read as what it is in the file and written as what it is here. */
function converting(
  out: Uint8Array,
  { spec, stored: { width }, fortranOrder, littleEndian }: NpyLayout,
  read: NonNullable<StoredDtype["read"]>,
): Place {
  const { dtype, data } = arrayOver(spec, out.buffer, out.byteOffset);
  const parts = partsOf(spec);
  const position = fortranOrder ? fortranPosition(spec.shape) : undefined;
  const put = (index: number, value: number) => {
    const part = index % parts;
    const to = position ? position((index - part) / parts) * parts + part : index;
    if (dtype === "int64") data[to] = BigInt(value);
    else data[to] = value;
  };
  /** Numbers cut by the edge of a piece, until their other bytes come. */
  const cut = new Map<number, { readonly bytes: Uint8Array; missing: number }>();

  return (bytes, at) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let from = 0;
    while (from < bytes.length) {
      const index = Math.floor((at + from) / width);
      const within = at + from - index * width;
      const count = Math.min(width - within, bytes.length - from);
      if (count === width) put(index, read(view, from, littleEndian));
      else {
        const number = cut.get(index) ?? { bytes: new Uint8Array(width), missing: width };
        number.bytes.set(bytes.subarray(from, from + count), within);
        number.missing -= count;
        cut.set(index, number);
        if (number.missing === 0) {
          put(index, read(new DataView(number.bytes.buffer), 0, littleEndian));
          cut.delete(index);
        }
      }
      from += count;
    }
  };
}

/** Where in C order the element lies that is the `index`-th in Fortran order; in elements. */
function fortranPosition(shape: readonly number[]): (index: number) => number {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  return (index) => {
    let rest = index;
    let position = 0;
    for (const [axis, extent] of shape.entries()) {
      position += (rest % extent) * (strides[axis] ?? 0);
      rest = Math.floor(rest / extent);
    }
    return position;
  };
}

/** Runs along the first axis, the one that lies together in Fortran order, are spread over C order. */
function fortran(out: Uint8Array, spec: ArraySpec, flip: number): Place {
  const { shape } = spec;
  const width = byteLength({ ...spec, shape: [] });
  const [rows = 1] = shape;
  const step = elementCount(shape.slice(1)) * width;
  const positionOf = fortranPosition(shape);

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
