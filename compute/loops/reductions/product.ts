import type { Fold, Numbers } from "./reduce.ts";

const { fround } = Math;

type Row = Fold["row"];

const multiplyRow: Row = (results, at, data, from, count) => {
  for (let index = 0; index < count; index += 1) results[at + index] *= data[from + index];
};

/** One factor after the other, as NumPy; starts from 1. */
export const productReal: Fold = {
  line(results, at, data, from, count) {
    let product = results[at];
    for (let index = from; index < from + count; index += 1) product *= data[index];
    results[at] = product;
  },
  row: multiplyRow,
};

/** The same with every product rounded to float32. */
export const productSingle: Fold = {
  line(results, at, data, from, count) {
    let product = Math.fround(results[at]);
    for (let index = from; index < from + count; index += 1) product = Math.fround(product * data[index]);
    results[at] = product;
  },
  row: multiplyRow,
};

/** Starts from 1 + 0i. */
export const productComplex: Fold = {
  line(results, at, data, from, count) {
    let x = results[at];
    let y = results[at + 1];
    for (let index = from; index < from + 2 * count; index += 2) {
      const real = x * data[index] - y * data[index + 1];
      y = x * data[index + 1] + y * data[index];
      x = real;
    }
    results[at] = x;
    results[at + 1] = y;
  },
  row(results, at, data, from, count) {
    for (let index = 0; index < 2 * count; index += 2) {
      const x = results[at + index];
      const y = results[at + index + 1];
      results[at + index] = x * data[from + index] - y * data[from + index + 1];
      results[at + index + 1] = x * data[from + index + 1] + y * data[from + index];
    }
  },
};

/** The same with both parts of every product rounded to float32. */
export const productComplexSingle: Fold = {
  line(results, at, data, from, count) {
    for (let index = from; index < from + 2 * count; index += 2) multiplyInto(results, at, data, index);
  },
  row(results, at, data, from, count) {
    for (let index = 0; index < 2 * count; index += 2) multiplyInto(results, at + index, data, from + index);
  },
};

function multiplyInto(results: Numbers, at: number, data: Numbers, from: number): void {
  const x = results[at];
  const y = results[at + 1];
  const [re, im] = [data[from], data[from + 1]];
  // Each product is exact in float64; NumPy rounds it, then the sum.
  results[at] = fround(x * re) - fround(y * im);
  results[at + 1] = fround(x * im) + fround(y * re);
}
