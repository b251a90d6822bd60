import { isAtMost, isComplexNaN } from "./order.ts";
import type { Fold, Numbers } from "./reduce.ts";

/** Starts from infinity; one NaN makes NaN. */
export const minimumReal: Fold = {
  line(results, at, data, from, count) {
    let least = results[at];
    for (let index = from; index < from + count; index += 1) least = Math.min(least, data[index]);
    results[at] = least;
  },
  row(results, at, data, from, count) {
    for (let index = 0; index < count; index += 1) {
      results[at + index] = Math.min(results[at + index], data[from + index]);
    }
  },
};

/** Starts from minus infinity; one NaN makes NaN. */
export const maximumReal: Fold = {
  line(results, at, data, from, count) {
    let most = results[at];
    for (let index = from; index < from + count; index += 1) most = Math.max(most, data[index]);
    results[at] = most;
  },
  row(results, at, data, from, count) {
    for (let index = 0; index < count; index += 1) {
      results[at + index] = Math.max(results[at + index], data[from + index]);
    }
  },
};

/** Keeps results[at] if it comes first (`sign` 1) or last (-1); the first NaN stays. */
function keep(results: Numbers, at: number, re: number, im: number, sign: 1 | -1): void {
  const [x, y] = [results[at], results[at + 1]];
  if (isComplexNaN(x, y) || isAtMost(sign * x, sign * y, sign * re, sign * im)) return;
  results[at] = re;
  results[at + 1] = im;
}

function complexExtreme(sign: 1 | -1): Fold {
  return {
    line(results, at, data, from, count) {
      for (let index = from; index < from + 2 * count; index += 2) {
        keep(results, at, data[index], data[index + 1], sign);
      }
    },
    row(results, at, data, from, count) {
      for (let index = 0; index < 2 * count; index += 2) {
        keep(results, at + index, data[from + index], data[from + index + 1], sign);
      }
    },
  };
}

/** Starts from (1 + i)·infinity. */
export const minimumComplex = complexExtreme(1);
/** Starts from (-1 - i)·infinity. */
export const maximumComplex = complexExtreme(-1);
