import type { Dtype } from "./array.ts";

/** A dtype as a .npy file holds it, and what becomes of it here. */
export interface StoredDtype {
  /** Holds every number of the file's own dtype but those of uint64 beyond 2^53, which are rounded. */
  readonly dtype: Dtype;
  /** Bytes of one number in the file; a complex element is two. */
  readonly width: 1 | 2 | 4 | 8;
  /** Reads one number; absent where the bytes are the array's own. Integers are exact: no more than 32 bits. */
  readonly read?: (view: DataView, at: number, littleEndian: boolean) => number;
}

const storedDtypes: Readonly<Record<string, StoredDtype>> = {
  f8: { dtype: "float64", width: 8 },
  f4: { dtype: "float32", width: 4 },
  c16: { dtype: "complex128", width: 8 },
  c8: { dtype: "complex64", width: 4 },
  i8: { dtype: "int64", width: 8 },
  f2: { dtype: "float32", width: 2, read: (view, at, little) => float16(view.getUint16(at, little)) },
  i1: { dtype: "int64", width: 1, read: (view, at) => view.getInt8(at) },
  i2: { dtype: "int64", width: 2, read: (view, at, little) => view.getInt16(at, little) },
  i4: { dtype: "int64", width: 4, read: (view, at, little) => view.getInt32(at, little) },
  u1: { dtype: "int64", width: 1, read: (view, at) => view.getUint8(at) },
  u2: { dtype: "int64", width: 2, read: (view, at, little) => view.getUint16(at, little) },
  u4: { dtype: "int64", width: 4, read: (view, at, little) => view.getUint32(at, little) },
  u8: { dtype: "float64", width: 8, read: uint64 },
  b1: { dtype: "bool", width: 1, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
};

export const storedDtypesInWords =
  "a number of NumPy's: float16, float32, float64, complex64, complex128, int8 to int64, uint8 to uint64 or bool";

/** What cannot be an array here, by the letter of its kind. */
const otherKinds: Readonly<Record<string, string>> = {
  O: "Python objects, which are pickled and never loaded",
  U: "text",
  S: "text",
  V: "records",
  M: "dates",
  m: "time spans",
};

/** The dtype that a header's `descr` names, and its byte order. */
export function storedDtype(descr: string): { stored: StoredDtype; littleEndian: boolean } | undefined {
  const [, order = "=", code = ""] = /^([<>=|]?)(.*)$/s.exec(descr) ?? [];
  const stored = Object.hasOwn(storedDtypes, code) ? storedDtypes[code] : undefined;
  // "=" is the byte order of the machine that wrote it: little-endian on every machine we meet.
  return stored && { stored, littleEndian: order !== ">" };
}

/** A `descr` that is none of ours, with what it stands for where that is known. */
export function descrInWords(descr: string): string {
  const kind = otherKinds[descr.replace(/^[<>=|]/, "").charAt(0)];
  return kind === undefined ? `'${descr}'` : `'${descr}': ${kind}`;
}

/** IEEE 754 binary16: DataView's own getFloat16 is younger than the browsers this runs in. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Rounds once, to the nearest, as NumPy's astype: the high half times 2^32 is exact. */
function uint64(view: DataView, at: number, littleEndian: boolean): number {
  const [highAt, lowAt] = littleEndian ? [at + 4, at] : [at, at + 4];
  return view.getUint32(highAt, littleEndian) * 2 ** 32 + view.getUint32(lowAt, littleEndian);
}
