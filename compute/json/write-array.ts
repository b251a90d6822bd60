import { type DenseArray, elementCount } from "@sluice/contract/array";
import { arrayToJson } from "@sluice/contract/array-json";
import { JsonText } from "./json-text.ts";
import { jsonKernel, layout } from "./kernel.ts";

/** As scripts/kernels/json/write.ts has them. */
const word = { rank: 0, numbers: 1, strings: 2 };
const firstList = 8;
const { state, numberBlock } = layout;
const { numbers, text } = layout.writing;
/** The longest number takes 24 bytes; every axis may close a list behind it and open one. */
const longestNumber = 32;

/**
 * An array as `JSON.stringify(arrayToJson(array))` would write it, byte for byte, in a fraction of the time; or
 * undefined as soon as it takes more than `limit` bytes. A quote counts twice, as it does inside a JSON string.
 */
export function arrayText(array: DenseArray, limit = Number.POSITIVE_INFINITY): JsonText | undefined {
  const parts: string[] = [];
  let length = 0;
  const add = (part: string, quotes: number): boolean => {
    parts.push(part);
    length += part.length + quotes;
    return length <= limit;
  };
  const decoder = new TextDecoder();
  const addNumbers = (first: number, step: number): boolean => {
    for (const { bytes, strings } of blocks(array, first, step)) {
      if (!add(decoder.decode(bytes), 2 * strings)) return false;
    }
    return true;
  };
  const fits =
    array.dtype === "complex128"
      ? add('{"re":', 2) && addNumbers(0, 2) && add(',"im":', 2) && addNumbers(1, 2) && add("}", 0)
      : addNumbers(0, 1);
  return fits ? new JsonText(parts.join(""), length) : undefined;
}

/** The text of the numbers first, first + step, … nested to the shape. A block's bytes last until the next. */
function* blocks(
  { shape, data }: DenseArray,
  first: number,
  step: number,
): Generator<{ bytes: Uint8Array; strings: number }> {
  const total = elementCount(shape);
  const kernel = jsonKernel();
  if (total === 0) {
    const empty = arrayToJson({ shape, dtype: "float64", data });
    yield { bytes: new TextEncoder().encode(JSON.stringify(empty)), strings: 0 };
    return;
  }
  clear(shape);
  const perBlock = numberBlock / 8 / step;
  const limit = layout.end - longestNumber - 2 * shape.length;
  let to = text + shape.length;
  kernel.bytes.fill(0x5b, text, to);
  for (let done = 0; done < total; ) {
    const count = Math.min(perBlock, total - done);
    kernel.doubles.set(data.subarray(step * done, step * (done + count)), numbers / 8);
    to = kernel.write(numbers + 8 * first, count, 8 * step, to, limit, state);
    done += kernel.words[state / 4 + word.numbers];
    yield { bytes: kernel.bytes.subarray(text, to), strings: kernel.words[state / 4 + word.strings] };
    kernel.words[state / 4 + word.strings] = 0;
    to = text;
  }
}

function clear(shape: readonly number[]): void {
  const { words, longs } = jsonKernel();
  words.fill(0, state / 4, state / 4 + 16);
  words[state / 4 + word.rank] = shape.length;
  longs[state / 8 + firstList] = 0n;
  for (const [axis, extent] of shape.entries()) {
    longs[state / 8 + firstList + 2 * (axis + 1)] = 0n;
    longs[state / 8 + firstList + 2 * (axis + 1) + 1] = BigInt(extent);
  }
}
