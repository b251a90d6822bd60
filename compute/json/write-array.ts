import {
  type DenseArray,
  elementCount,
  type IntegerArray,
  isComplex,
  isFloating,
} from "@sluice/contract/array";
import { arrayToJson } from "@sluice/contract/array-json";
import { toDouble, wordsOf } from "../loops/casts/int64-words.ts";
import { JsonText } from "./json-text.ts";
import { layout, listAt, wordAt, writing } from "./kernels/abi.ts";
import { jsonKernel } from "./kernels/kernel.ts";

const { state, numberBlock } = layout;
const { numbers, text } = layout.writing;
/** Numbers from which it pays, by a millisecond a time, to compile the kernel, which takes two. */
const leastNumbers = 8192;
/** -2.2250738585072014e-308 and a comma; every axis may also close a list behind it and open one. */
const longestNumber = 25;

/**
 * An array as `JSON.stringify(arrayToJson(array))` would write it, byte for byte, in a third of the time, but that -0
 * keeps its sign, so that every finite number reads back the same; undefined as soon as it takes more than `limit`
 * bytes, as `JsonText` counts them.
 */
export function arrayText(array: DenseArray, limit: number): JsonText | undefined {
  const { shape, data } = array;
  const numbers = data.length < leastNumbers ? undefined : asDoubles(array);
  if (!numbers) return within(shortText(array), limit);
  const most = data.length * (longestNumber + 2 * shape.length) + 2 * shape.length + '{"re":,"im":}'.length;
  const written = new Written(Math.min(limit, most), limit);
  if (!isComplex(array)) return writeNumbers(shape, numbers, 0, 1, written) ? written.toJson() : undefined;
  const fits =
    written.ascii('{"re":', 2) &&
    writeNumbers(shape, numbers, 0, 2, written) &&
    written.ascii(',"im":', 2) &&
    writeNumbers(shape, numbers, 1, 2, written) &&
    written.ascii("}", 0);
  return fits ? written.toJson() : undefined;
}

/** What the kernel writes: floating numbers, and int64 where all of them are below 2^53. */
function asDoubles(array: DenseArray): Float64Array | Float32Array | undefined {
  if (array.dtype === "bool") return undefined;
  if (array.dtype === "int64") return exactDoubles(array);
  return array.data;
}

function exactDoubles({ data }: IntegerArray): Float64Array | undefined {
  const words = wordsOf(data);
  const doubles = new Float64Array(data.length);
  for (let index = 0; index < data.length; index += 1) {
    const value = toDouble(words[2 * index], words[2 * index + 1]);
    if (!Number.isSafeInteger(value)) return undefined;
    doubles[index] = value;
  }
  return doubles;
}

/** JSON.stringify drops the sign of -0. It goes through as a string: `arrayToJson` makes no other "-0". */
function shortText(array: DenseArray): string {
  const json = arrayToJson(array);
  if (!isFloating(array) || !array.data.some((value) => Object.is(value, -0))) return JSON.stringify(json);
  return JSON.stringify(json, (_, value) => (Object.is(value, -0) ? "-0" : value)).replaceAll('"-0"', "-0");
}

function within(text: string, limit: number): JsonText | undefined {
  const length = text.length + text.split('"').length - 1;
  return length <= limit ? new JsonText(text, length) : undefined;
}

/** All bytes in one place and decoded once: a list of strings to join costs the collector twice the writing. */
class Written {
  readonly #bytes: Uint8Array;
  readonly #limit: number;
  #length = 0;
  #quotes = 0;

  constructor(capacity: number, limit: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#limit = limit;
  }

  /** False, and nothing added, if that passes the limit. */
  add(bytes: Uint8Array, quotes: number): boolean {
    if (this.#length + bytes.length + this.#quotes + quotes > this.#limit) return false;
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#quotes += quotes;
    return true;
  }

  ascii(text: string, quotes: number): boolean {
    return this.add(new TextEncoder().encode(text), quotes);
  }

  toJson(): JsonText {
    const text = new TextDecoder().decode(this.#bytes.subarray(0, this.#length));
    return new JsonText(text, this.#length + this.#quotes);
  }
}

/** The numbers first, first + step, … nested to the shape; false if they do not fit. */
function writeNumbers(
  shape: readonly number[],
  data: Float64Array | Float32Array,
  first: number,
  step: number,
  to: Written,
): boolean {
  const { bytes, doubles, words, write } = jsonKernel();
  clear(shape);
  const total = elementCount(shape);
  const perBlock = numberBlock / 8 / step;
  const limit = layout.end - longestNumber - 2 * shape.length;
  let end = text + shape.length;
  bytes.fill("[".charCodeAt(0), text, end);
  for (let done = 0; done < total; ) {
    const count = Math.min(perBlock, total - done);
    doubles.set(data.subarray(step * done, step * (done + count)), numbers / 8);
    words[wordAt(writing.strings)] = 0;
    end = write(numbers + 8 * first, count, 8 * step, end, limit, state);
    done += words[wordAt(writing.numbers)];
    if (!to.add(bytes.subarray(text, end), 2 * words[wordAt(writing.strings)])) return false;
    end = text;
  }
  return true;
}

function clear(shape: readonly number[]): void {
  const { words, longs } = jsonKernel();
  words.fill(0, wordAt(0), wordAt(writing.lists));
  words[wordAt(writing.rank)] = shape.length;
  longs[listAt(writing.lists, 0)] = 0n;
  for (const [axis, extent] of shape.entries()) {
    longs[listAt(writing.lists, axis + 1)] = 0n;
    longs[listAt(writing.lists, axis + 1) + 1] = BigInt(extent);
  }
}
