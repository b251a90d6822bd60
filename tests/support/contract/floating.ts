import { type DenseArray, type FloatingArray, isFloating } from "@sluice/contract/array";

/** An array that must be there and hold floating numbers. */
export function floating(array: DenseArray | undefined): FloatingArray {
  if (array && isFloating(array)) return array;
  throw new Error(`expected an array of floating numbers, got ${array?.dtype ?? "none"}`);
}
