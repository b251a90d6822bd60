import { type FloatingArray, zeros } from "@sluice/contract/array";

/** A number as a 0-d array, which broadcasts with anything. */
export function scalar(value: number): FloatingArray {
  const array = zeros({ shape: [], dtype: "float64" });
  array.data[0] = value;
  return array;
}
