import { type DenseArray, type IntegerArray, zeros } from "@sluice/contract/array";
import { integerOf } from "@sluice/contract/json-elements";
import { storeTruncated, wordsOf } from "../loops/casts/int64-words.ts";

const minus = 0x2d;
const [zero, nine] = [0x30, 0x39];
const [point, exponent] = [0x2e, 0x65];
/** Digits that float64 holds, whatever they are. */
const mostExactDigits = 15;

const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

/**
 * Reads again, as int64, an array of numbers that was read from this text as float64, which rounds beyond 2^53.
 *
 * @param start of its first bracket, `end` behind its last one
 * @returns undefined if one of its numbers is not an int64 in plain digits
 */
export function readIntegers(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  { shape, data: { length } }: DenseArray,
): IntegerArray | undefined {
  const array = zeros({ shape, dtype: "int64" });
  const words = wordsOf(array.data);
  let count = 0;
  for (let at = start; at < end; ) {
    const isNegative = bytes[at] === minus;
    const first = isNegative ? at + 1 : at;
    if (!isDigit(bytes[first])) {
      at = first + 1;
      continue;
    }
    let behind = first;
    let value = 0;
    while (isDigit(bytes[behind])) {
      value = value * 10 + (bytes[behind] - zero);
      behind += 1;
    }
    if (bytes[behind] === point || (bytes[behind] | 0x20) === exponent) return undefined;
    if (behind - first <= mostExactDigits) storeTruncated(words, count, isNegative ? -value : value);
    else {
      const exact = integerOf(String.fromCharCode(...bytes.subarray(at, behind)));
      if (exact === undefined) return undefined;
      array.data[count] = exact;
    }
    count += 1;
    at = behind;
  }
  // "NaN" among the numbers is text here.
  return count === length ? array : undefined;
}

/** Whether float64 has kept every one of these numbers as it was written: whole and below 2^53. */
export const areExactIntegers = ({ data }: DenseArray): boolean =>
  (data as Float64Array).every((value) => Number.isSafeInteger(value));

interface Source {
  readonly source?: string;
}

/** `JSON.parse` that has a bigint for each whole number in digits beyond 2^53, which a number would round. */
export function parseExactly(text: string): unknown {
  const exact = (_key: string, value: unknown, { source = "" }: Source): unknown =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(source)
      ? BigInt(source)
      : value;
  // The third argument is ECMAScript 2026's, which TypeScript's library does not know yet.
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
}
