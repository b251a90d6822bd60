import type { Fold } from "./reduce.ts";

/** One factor after the other, as NumPy; starts from 1. */
export const productReal: Fold = {
  line(results, at, data, from, count) {
    // By way of the result, which rounds each product where it is float32.
    for (let index = 0; index < count; index += 1) results[at] *= data[from + index];
  },
  row(results, at, data, from, count) {
    for (let index = 0; index < count; index += 1) results[at + index] *= data[from + index];
  },
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
