import { type DenseArray, type FloatingArray, isComplex, isFloating, isSingle } from "@sluice/contract/array";

/**
 * How far from NumPy an element may be: not at all, some units in its own last place, or some eps relative to
 * its own magnitude (complex: of both parts together) or to the largest element.
 */
export type Within =
  | "exact"
  | { readonly ulps: number }
  | { readonly relative: number }
  | { readonly eps: number };

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);
const double = new Float64Array(1);
const doubleBits = new BigInt64Array(double.buffer);

/** The spacing of numbers of this array's kind at `value`. */
function ulp(value: number, ofSingle: boolean): number {
  const size = Math.abs(value);
  if (!Number.isFinite(size)) return 0;
  if (ofSingle) {
    single[0] = size;
    singleBits[0] = (singleBits[0] ?? 0) + 1;
    return (single[0] ?? 0) - size;
  }
  double[0] = size;
  doubleBits[0] = (doubleBits[0] ?? 0n) + 1n;
  return (double[0] ?? 0) - size;
}

const same = (actual: number, expected: number): boolean =>
  actual === expected || (Number.isNaN(actual) && Number.isNaN(expected));

/** The size against which a difference at `index` is held. */
function measure({ data, dtype }: FloatingArray, index: number, within: Within): number {
  if (within === "exact") return 0;
  const value = data[index] ?? Number.NaN;
  const single = isSingle({ dtype });
  if ("ulps" in within) return within.ulps * ulp(value, single);
  const eps = single ? 2 ** -23 : 2 ** -52;
  if ("eps" in within) {
    let largest = 0;
    for (const other of data) if (Number.isFinite(other)) largest = Math.max(largest, Math.abs(other));
    return within.eps * eps * largest;
  }
  const isPair = isComplex({ dtype });
  const first = isPair ? index - (index % 2) : index;
  const parts = isPair ? [data[first] ?? 0, data[first + 1] ?? 0] : [value];
  // Gradual underflow leaves a few of the smallest numbers besides.
  return (
    within.relative *
    (eps * Math.hypot(...parts.map((part) => (Number.isFinite(part) ? part : 0))) +
      (single ? 2 ** -149 : 2 ** -1074))
  );
}

/** How many numbers are further off than they may be, and the first of them. */
export function worst(
  actual: DenseArray,
  expected: DenseArray,
  within: Within,
): { wrong: number; detail: string } {
  let wrong = Math.abs(actual.data.length - expected.data.length);
  let detail = "";
  for (let index = 0; index < expected.data.length; index += 1) {
    const [got, wanted] = [actual.data[index] ?? Number.NaN, expected.data[index] ?? Number.NaN];
    if (typeof got === "number" && typeof wanted === "number" && isFloating(expected)) {
      if (same(got, wanted) || Math.abs(got - wanted) <= measure(expected, index, within)) continue;
    } else if (got === wanted) continue;
    wrong += 1;
    detail ||= `number ${index} is ${got}, NumPy has ${wanted}`;
  }
  return { wrong, detail };
}
