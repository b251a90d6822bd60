import { type DenseArray, type Dtype, nonFinite } from "./array.ts";

/** How the elements of an array travel as JSON. */
export interface JsonElements {
  /** What a caller is to write, in words. */
  readonly expected: string;
  /** Stores an element of parsed JSON at data[index]; false, and nothing stored, where it is none of this dtype. */
  readonly put: (index: number, element: unknown) => boolean;
}

const [leastInteger, mostInteger] = [-(2n ** 63n), 2n ** 63n - 1n];
const digits = /^-?[0-9]{1,19}$/;

/**
 * The int64 that a value of parsed JSON says exactly. Beyond 2^53 a number may have been rounded by whoever parsed
 * it: there it must be a bigint, or a string of digits.
 */
export function integerOf(element: unknown): bigint | undefined {
  if (typeof element === "number") return Number.isSafeInteger(element) ? BigInt(element) : undefined;
  const value =
    typeof element === "string" && digits.test(element)
      ? BigInt(element)
      : typeof element === "bigint"
        ? element
        : undefined;
  return value !== undefined && value >= leastInteger && value <= mostInteger ? value : undefined;
}

/** The elements of an array to be filled; of a complex one, each part is a real element. */
export function jsonElements(array: DenseArray): JsonElements {
  if (array.dtype === "bool") {
    const { data } = array;
    return {
      expected: "true or false",
      put(index, element) {
        if (typeof element !== "boolean") return false;
        data[index] = element ? 1 : 0;
        return true;
      },
    };
  }
  if (array.dtype === "int64") {
    const { data } = array;
    return {
      expected: "a whole number from -2^63 to 2^63 - 1, in digits",
      put(index, element) {
        const value = integerOf(element);
        if (value === undefined) return false;
        data[index] = value;
        return true;
      },
    };
  }
  const { data } = array;
  return {
    expected: 'a number, "NaN", "Infinity" or "-Infinity"',
    put(index, element) {
      const value = typeof element === "number" ? element : specialOf(element);
      if (value === undefined) return false;
      data[index] = value;
      return true;
    },
  };
}

const specialOf = (element: unknown): number | undefined =>
  typeof element === "string" && Object.hasOwn(nonFinite, element)
    ? nonFinite[element as keyof typeof nonFinite]
    : undefined;

/** Stands for its digits in `JSON.stringify`, which rounds no integer beyond 2^53 then. Node 22's and browsers' of 2025. */
interface RawJson {
  readonly rawJSON: string;
}

/** Absent from TypeScript's library, and from older browsers: there a bigint stays, and JSON.stringify refuses it. */
const { rawJSON } = JSON as { rawJSON?: (text: string) => RawJson };

export type JsonElement = number | string | boolean | bigint | RawJson;

/** One element, or one part of a complex one, as JSON has it. */
export function jsonElement({ dtype, data }: DenseArray, index: number): JsonElement {
  const value = data[index] ?? Number.NaN;
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : (rawJSON?.(String(value)) ?? value);
  }
  if (dtype === "bool") return value === 1;
  return Number.isFinite(value) ? value : String(value);
}

/** Characters that one element takes at least: "true", or a digit. */
export const leastElementLength = (dtype: Dtype): number => (dtype === "bool" ? "true".length : 1);
