import type { DenseArray } from "@sluice/contract/array";
import { whyMalformed } from "./malformed.ts";
import { readArray } from "./read-array.ts";
import { areExactIntegers, parseExactly, readIntegers } from "./read-integers.ts";

/**
 * A value of the document that may be an array: what holds it, and under which key. A `dtype` of "int64" beside it
 * says that its numbers are to be exact.
 */
export type ArrayPosition = readonly [holder: Record<string, unknown>, key: string];

/**
 * Bytes of a document from which it pays, by a fifth of a millisecond a time, to compile the kernel, which takes
 * two. An array in it of less than `leastArray` stays lists.
 */
const leastDocument = 131_072;
const leastArray = 1024;
/** Looking at a list costs microseconds, however short it is: a document of so many is left to `JSON.parse`. */
const mostOthers = 1000;
/** Finds the positions in a parsed document, in an order of the document's alone. */
type Positions = (document: unknown) => Iterable<ArrayPosition>;
/** Half of a surrogate pair: bytes of UTF-8 never say it, and an escape that does is looked for. */
const mark = "\udfff";
const writtenMark = /\\u[dD][fF]{3}/;

const quote = 0x22;
const backslash = 0x5c;
const bracket = 0x5b;
const closingBracket = 0x5d;

/** A large array of the text, and where it stands there. */
interface Found {
  readonly array: DenseArray;
  readonly start: number;
  readonly end: number;
}

/**
 * `JSON.parse` of UTF-8 bytes, except that large arrays of numbers at the given positions come as `DenseArray`, without
 * ever having been lists. The rest of the text, each such array replaced by a name, goes through `JSON.parse`.
 *
 * @param positions finds the positions in the parsed document. An array elsewhere makes `JSON.parse` do the whole
 * @throws SyntaxError that says where the text is not JSON, and why
 */
export function parseJson(bytes: Uint8Array, positions: Positions): unknown {
  try {
    if (bytes.length < leastDocument) return parseWhole(bytes, positions);
    const { text, arrays } = withoutArrays(bytes);
    if (!writtenMark.test(text)) {
      const document = withExactIntegers(text, positions);
      if (put(bytes, arrays, positions(document))) return document;
    }
    return parseWhole(bytes, positions);
  } catch (error) {
    const why = whyMalformed(bytes);
    throw why === undefined ? error : new SyntaxError(why, { cause: error });
  }
}

const parseWhole = (bytes: Uint8Array, positions: Positions): unknown =>
  withExactIntegers(decode(bytes), positions);

/** `JSON.parse`, but that whole numbers of int64 arrays that a number would round are bigints. */
function withExactIntegers(text: string, positions: Positions): unknown {
  const document: unknown = JSON.parse(text);
  const places = [...positions(document)];
  if (!places.some(([holder]) => isOfInt64(holder))) return document;
  const exact = [...positions(parseExactly(text))];
  for (const [index, [holder, key]] of places.entries()) {
    const [source, sourceKey] = exact[index];
    if (isOfInt64(holder)) holder[key] = source[sourceKey];
  }
  return document;
}

const isOfInt64 = ({ dtype }: Record<string, unknown>): boolean => dtype === "int64";

/** Refuses what is not UTF-8, and keeps a byte order mark, so that `JSON.parse` refuses it. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const decode = (bytes: Uint8Array): string => utf8.decode(bytes);

/** Puts the arrays where their names stand; false if that leaves any over. */
function put(bytes: Uint8Array, arrays: Map<unknown, Found>, positions: Iterable<ArrayPosition>): boolean {
  let found = 0;
  if (arrays.size === 0) return true;
  for (const [holder, key] of positions) {
    const value = holder[key];
    const read = Array.isArray(value) && value.length === 1 ? arrays.get(value[0]) : undefined;
    if (!read) continue;
    const isRounded = isOfInt64(holder) && !areExactIntegers(read.array);
    holder[key] = (isRounded ? readIntegers(bytes, read, read.array) : undefined) ?? read.array;
    found += 1;
  }
  return found === arrays.size;
}

/**
 * The text with a list of one name for each large array of numbers. It is valid JSON exactly if the whole is: an
 * array is looked for where a bracket opens outside a string, only a valid one is taken out, and a list replaces it.
 */
function withoutArrays(bytes: Uint8Array): { text: string; arrays: Map<unknown, Found> } {
  const arrays = new Map<unknown, Found>();
  let text = "";
  let copied = 0;
  let others = 0;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at];
    if (byte === quote) at = afterString(bytes, at);
    else if (byte !== bracket) at += 1;
    else if (others === mostOthers) return { text: decode(bytes), arrays: new Map() };
    else {
      const read = readArray(bytes, at);
      const end = read?.end ?? afterList(bytes, at);
      if (!read || end - at < leastArray) others += 1;
      else {
        const name = `${mark}${arrays.size}`;
        arrays.set(name, { array: read.array, start: at, end });
        text += `${decode(bytes.subarray(copied, at))}["${name}"]`;
        copied = end;
      }
      at = end;
    }
  }
  return { text: text + decode(bytes.subarray(copied)), arrays };
}

function afterString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = bytes.indexOf(quote, at);
    if (at < 0) return bytes.length;
    let before = at - 1;
    while (bytes[before] === backslash) before -= 1;
    if ((at - before) % 2 === 1) return at + 1;
  }
}

/** Behind a list that is not dense: it stays as it is, with all that is in it. */
function afterList(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; ) {
    const byte = bytes[at];
    if (byte === quote) {
      at = afterString(bytes, at);
      continue;
    }
    at += 1;
    if (byte === bracket) depth += 1;
    else if (byte === closingBracket && --depth === 0) return at;
  }
  return bytes.length;
}
