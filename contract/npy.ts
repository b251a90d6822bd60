/**
 * NumPy's .npy files (format versions 1.0 to 3.0, numpy/lib/format.py). Browser-safe: bytes in, arrays out.
 */
import {
  type ArraySpec,
  arrayOver,
  byteLength,
  type DenseArray,
  type Dtype,
  elementCount,
  entryBytes,
  partsOf,
} from "./array.ts";
import { descrInWords, storedDtype, storedDtypesInWords } from "./npy-dtypes.ts";
import { parseHeaderLiteral } from "./npy-header.ts";
import { liesInPlace, type NpyLayout, type Place, placeInto } from "./npy-layout.ts";
import { Problem } from "./problem.ts";

export interface NpyHeader extends NpyLayout {
  /** Where the data starts, in bytes from the start of the file. */
  readonly dataOffset: number;
  readonly version: 1 | 2 | 3;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const alignment = 64;
// NumPy's own limits (format.py, NPY_MAXDIMS).
const longestHeader = 10_000;
const mostAxes = 64;

/** As NumPy writes them on a little-endian machine; a byte has no order. */
const descrs: Record<Dtype, string> = {
  float64: "<f8",
  float32: "<f4",
  complex128: "<c16",
  complex64: "<c8",
  int64: "<i8",
  bool: "|b1",
};

function refuse(what: string, expected: string, got: string): never {
  throw new Problem("invalid-npy", `${what} must be ${expected}, not ${got}.`, { expected, got });
}

/**
 * The version 1.0 header of a little-endian C-order array, padded so that the data that follows
 * starts on a 64-byte boundary. Header and data can then be written without joining them.
 */
export function npyHeader({ shape, dtype }: ArraySpec): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const literal = `{'descr': '${descrs[dtype]}', 'fortran_order': False, 'shape': (${extents}), }`;
  const prefix = magic.length + 4;
  const total = Math.ceil((prefix + literal.length + 1) / alignment) * alignment;
  const header = new Uint8Array(total).fill(0x20);
  header.set([...magic, 1, 0, (total - prefix) & 0xff, (total - prefix) >> 8]);
  for (let index = 0; index < literal.length; index += 1) header[prefix + index] = literal.charCodeAt(index);
  header[total - 1] = 0x0a;
  return header;
}

/** The length of a whole file that `encodeNpy` writes. */
export function npyBytes(spec: ArraySpec): number {
  return npyHeader(spec).length + byteLength(spec);
}

/** The bytes of an array's data, without a copy. */
export function dataBytes({ data }: DenseArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A whole .npy file, little-endian, C order, as `numpy.save` would write it. */
export function encodeNpy(array: DenseArray): Uint8Array {
  const header = npyHeader(array);
  const file = new Uint8Array(header.length + array.data.byteLength);
  file.set(header);
  file.set(dataBytes(array), header.length);
  return file;
}

/** Where the header's text starts and ends; `bytes` may be cut off after it. */
function headerBounds(bytes: Uint8Array): { version: 1 | 2 | 3; start: number; end: number } {
  const requireBytes = (count: number): void => {
    if (bytes.length < count) refuse("A .npy file", `at least ${count} bytes long`, `${bytes.length}`);
  };
  requireBytes(10);
  if (magic.some((byte, index) => bytes[index] !== byte)) {
    refuse(
      "The first bytes of a .npy file",
      "\\x93NUMPY",
      JSON.stringify(String.fromCharCode(...bytes.subarray(0, 6))),
    );
  }
  const version = bytes[6];
  if ((version !== 1 && version !== 2 && version !== 3) || bytes[7] !== 0) {
    return refuse("The .npy version", "1.0, 2.0 or 3.0", `${version}.${bytes[7]}`);
  }
  const start = version === 1 ? 10 : 12;
  requireBytes(start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader) refuse("The .npy header", `at most ${longestHeader} bytes long`, `${length}`);
  requireBytes(start + length);
  return { version, start, end: start + length };
}

function layoutOf(descr: string, shape: readonly number[]): Omit<NpyLayout, "fortranOrder"> {
  const named = storedDtype(descr);
  if (!named) return refuse("The dtype of a .npy file", storedDtypesInWords, descrInWords(descr));
  if (shape.length > mostAxes)
    refuse("The shape of a .npy file", `at most ${mostAxes} axes`, `${shape.length}`);
  const spec = { shape, dtype: named.stored.dtype };
  if (![...shape, elementCount(shape), byteLength(spec)].every(Number.isSafeInteger)) {
    refuse("The size of a .npy file", "below 2^53 bytes", `shape (${shape.join(", ")})`);
  }
  return { spec, ...named };
}

/**
 * Reads the header alone: `bytes` may be just the first part of a file.
 * @throws Problem invalid-npy
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  const { version, start, end } = headerBounds(bytes);
  // Latin-1 in versions 1 and 2, UTF-8 in 3; what the grammar allows is ASCII, the same in both.
  const text = String.fromCharCode(...bytes.subarray(start, end));
  const { descr, fortranOrder, shape } = parseHeaderLiteral(text);
  return { ...layoutOf(descr, shape), fortranOrder, dataOffset: end, version };
}

/** Holds a file to the size its header demands. @throws Problem invalid-npy */
export function requireLength({ spec, stored, dataOffset }: NpyHeader, length: number): void {
  const { shape } = spec;
  const data = elementCount(shape) * stored.width * partsOf(spec);
  if (length === dataOffset + data) return;
  const expected = `${dataOffset + data} bytes long (${dataOffset} of header, ${data} of an array of shape (${shape.join(", ")}))`;
  refuse("A .npy file of this header", expected, `${length}`);
}

/**
 * Reads a whole file into C order. The data is a view of `bytes` where it is little-endian, in C
 * order and aligned (as in every file written here or by NumPy), else a copy; `bytes` stay as they are.
 * @throws Problem invalid-npy
 */
export function decodeNpy(bytes: Uint8Array): DenseArray {
  const header = parseNpyHeader(bytes);
  requireLength(header, bytes.length);
  const { spec, dataOffset } = header;
  const start = bytes.byteOffset + dataOffset;
  if (liesInPlace(header) && start % entryBytes(spec) === 0) return arrayOver(spec, bytes.buffer, start);
  const { array, write } = receiveNpy(bytes, bytes.length);
  write(bytes, 0);
  return array;
}

/** Memory for an array: the caller decides whether threads can share it. */
export type Allocate = (bytes: number) => ArrayBufferLike;

/** A file on its way in: its array fills as its bytes are written. */
export interface IncomingNpy {
  readonly array: DenseArray;
  /** Takes bytes of the file, header included, that begin at `at`; in pieces of any size, in any order. */
  readonly write: Place;
}

/**
 * Receives a file piece by piece, each byte straight into its place in an array in C order: however the
 * file lies, nothing is held twice.
 *
 * @param head the file's first bytes, the whole header among them
 * @param length of the whole file, in bytes
 * @throws Problem invalid-npy, before anything is allocated
 */
export function receiveNpy(
  head: Uint8Array,
  length: number,
  allocate: Allocate = (bytes) => new ArrayBuffer(bytes),
): IncomingNpy {
  const header = parseNpyHeader(head);
  requireLength(header, length);
  const { spec, dataOffset } = header;
  const buffer = allocate(byteLength(spec));
  const place = placeInto(new Uint8Array(buffer), header);
  return {
    array: arrayOver(spec, buffer),
    write(bytes, at) {
      const skipped = Math.max(0, dataOffset - at);
      if (skipped < bytes.length) place(bytes.subarray(skipped), at + skipped - dataOffset);
    },
  };
}
