import { type DenseArray, partsOf } from "@sluice/contract/array";
import { wordsOf } from "../casts/int64-words.ts";

export type Entries = Float64Array | Float32Array | Int32Array | Uint8Array;

/** What is moved with an element: an int64 as its two words, a complex one as its two numbers. No BigInt is made. */
export function entriesOf(array: DenseArray): { readonly data: Entries; readonly parts: 1 | 2 } {
  if (array.dtype === "int64") return { data: wordsOf(array.data), parts: 2 };
  return { data: array.data, parts: partsOf(array) };
}
