import { type DenseArray, type Dtype, elementCount, partsOf, zeros } from "@sluice/contract/array";

/** Every index of a shape in C order. */
export function* indicesOf(shape: readonly number[]): Generator<number[]> {
  for (let flat = 0; flat < elementCount(shape); flat += 1) yield indexAt(shape, flat);
}

function indexAt(shape: readonly number[], flat: number): number[] {
  const index: number[] = [];
  let rest = flat;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}

const flatOf = (shape: readonly number[], index: readonly number[]): number =>
  shape.reduce((flat, extent, axis) => flat * extent + (index[axis] ?? 0), 0);

/** An element as what tells it from others: its numbers. */
export type Element = readonly (number | bigint)[];

export function elementAt(array: DenseArray, index: readonly number[]): Element {
  const parts = partsOf(array);
  const at = flatOf(array.shape, index) * parts;
  return [...array.data.subarray(at, at + parts)];
}

/** An array whose elements all differ, as far as its dtype allows. */
export function numbered(shape: readonly number[], dtype: Dtype, from = 1): DenseArray {
  const array: DenseArray = zeros({ shape, dtype });
  for (let at = 0; at < array.data.length; at += 1) {
    if (array.dtype === "int64") array.data[at] = BigInt(from + at) * 2n ** 40n;
    else array.data[at] = dtype === "bool" ? (from + at) % 2 : from + at;
  }
  return array;
}

/** All elements of an array by a function of their index, in C order. */
export const elementsBy = (shape: readonly number[], by: (index: readonly number[]) => Element): Element[] =>
  [...indicesOf(shape)].map(by);

export const elementsOf = (array: DenseArray): Element[] =>
  elementsBy(array.shape, (index) => elementAt(array, index));
