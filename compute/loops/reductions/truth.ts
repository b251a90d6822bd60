/** Whether any or all elements are true: not zero, NaN included. A line ends at the element that decides it. */
import type { Dtype } from "@sluice/contract/array";
import type { AnyFold, Fold, Numbers } from "./reduce.ts";

/** `decides`: the truth that settles a result, true for any and false for all; results start from the other. */
function bits(decides: boolean): Fold<Uint8Array> {
  const found = decides ? 1 : 0;
  return {
    line(results, at, data, from, count) {
      for (let index = from; index < from + count; index += 1) {
        if (data[index] !== found) continue;
        results[at] = found;
        return;
      }
    },
    row(results, at, data, from, count) {
      for (let index = 0; index < count; index += 1) {
        if (data[from + index] === found) results[at + index] = found;
      }
    },
  };
}

function reals(decides: boolean): Fold<Numbers, Uint8Array> {
  const found = decides ? 1 : 0;
  return {
    line(results, at, data, from, count) {
      for (let index = from; index < from + count; index += 1) {
        if ((data[index] !== 0) !== decides) continue;
        results[at] = found;
        return;
      }
    },
    row(results, at, data, from, count) {
      for (let index = 0; index < count; index += 1) {
        if ((data[from + index] !== 0) === decides) results[at + index] = found;
      }
    },
  };
}

function integers(decides: boolean): Fold<BigInt64Array, Uint8Array> {
  const found = decides ? 1 : 0;
  return {
    line(results, at, data, from, count) {
      for (let index = from; index < from + count; index += 1) {
        if ((data[index] !== 0n) !== decides) continue;
        results[at] = found;
        return;
      }
    },
    row(results, at, data, from, count) {
      for (let index = 0; index < count; index += 1) {
        if ((data[from + index] !== 0n) === decides) results[at + index] = found;
      }
    },
  };
}

function pairs(decides: boolean): Fold<Numbers, Uint8Array> {
  const found = decides ? 1 : 0;
  const isDecided = (data: Numbers, at: number) => (data[at] !== 0 || data[at + 1] !== 0) === decides;
  return {
    line(results, at, data, from, count) {
      for (let index = from; index < from + 2 * count; index += 2) {
        if (!isDecided(data, index)) continue;
        results[at] = found;
        return;
      }
    },
    row(results, at, data, from, count) {
      for (let index = 0; index < count; index += 1) {
        if (isDecided(data, from + 2 * index)) results[at + index] = found;
      }
    },
  };
}

function truthFolds(decides: boolean): Readonly<Record<Dtype, AnyFold>> {
  const [real, pair] = [reals(decides), pairs(decides)];
  return {
    bool: bits(decides),
    int64: integers(decides),
    float64: real,
    float32: real,
    complex128: pair,
    complex64: pair,
  };
}

/** Start from false. */
export const anyFolds = truthFolds(true);
/** Start from true. */
export const allFolds = truthFolds(false);
/** The least of bools is whether all are true, the largest whether any is. */
export const minimumBit: AnyFold = allFolds.bool;
export const maximumBit: AnyFold = anyFolds.bool;
