/** Sums in NumPy's order: pairwise along contiguous lines, row by row otherwise. */
import type { Fold, Numbers } from "./reduce.ts";

/** Numbers added in one go by eight accumulators; longer lines are halved (numpy/_core loops_utils.h.src). */
const blockLength = 128;

function half(count: number): number {
  const middle = Math.floor(count / 2);
  return middle - (middle % 8);
}

function pairwise(data: Numbers, from: number, count: number): number {
  if (count > blockLength) {
    const left = half(count);
    return pairwise(data, from, left) + pairwise(data, from + left, count - left);
  }
  const end = from + count;
  if (count < 8) {
    let total = -0;
    for (let index = from; index < end; index += 1) total += data[index];
    return total;
  }
  let s0 = data[from];
  let s1 = data[from + 1];
  let s2 = data[from + 2];
  let s3 = data[from + 3];
  let s4 = data[from + 4];
  let s5 = data[from + 5];
  let s6 = data[from + 6];
  let s7 = data[from + 7];
  let index = from + 8;
  for (; index + 8 <= end; index += 8) {
    s0 += data[index];
    s1 += data[index + 1];
    s2 += data[index + 2];
    s3 += data[index + 3];
    s4 += data[index + 4];
    s5 += data[index + 5];
    s6 += data[index + 6];
    s7 += data[index + 7];
  }
  let total = s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7));
  for (; index < end; index += 1) total += data[index];
  return total;
}

const { fround } = Math;

/** The same with every sum rounded to float32. */
function pairwiseSingle(data: Numbers, from: number, count: number): number {
  if (count > blockLength) {
    const left = half(count);
    return fround(pairwiseSingle(data, from, left) + pairwiseSingle(data, from + left, count - left));
  }
  const end = from + count;
  if (count < 8) {
    let total = fround(-0);
    for (let index = from; index < end; index += 1) total = fround(total + data[index]);
    return total;
  }
  let s0 = fround(data[from]);
  let s1 = fround(data[from + 1]);
  let s2 = fround(data[from + 2]);
  let s3 = fround(data[from + 3]);
  let s4 = fround(data[from + 4]);
  let s5 = fround(data[from + 5]);
  let s6 = fround(data[from + 6]);
  let s7 = fround(data[from + 7]);
  let index = from + 8;
  for (; index + 8 <= end; index += 8) {
    s0 = fround(s0 + data[index]);
    s1 = fround(s1 + data[index + 1]);
    s2 = fround(s2 + data[index + 2]);
    s3 = fround(s3 + data[index + 3]);
    s4 = fround(s4 + data[index + 4]);
    s5 = fround(s5 + data[index + 5]);
    s6 = fround(s6 + data[index + 6]);
    s7 = fround(s7 + data[index + 7]);
  }
  const left = fround(fround(s0 + s1) + fround(s2 + s3));
  let total = fround(left + fround(fround(s4 + s5) + fround(s6 + s7)));
  for (; index < end; index += 1) total = fround(total + data[index]);
  return total;
}

/** Adds the real or imaginary parts among `count` interleaved numbers: half of the eight accumulators. */
function pairwisePart(data: Numbers, from: number, count: number): number {
  if (count > blockLength) {
    const left = half(count);
    return pairwisePart(data, from, left) + pairwisePart(data, from + left, count - left);
  }
  const end = from + count;
  if (count < 8) {
    let total = -0;
    for (let index = from; index < end; index += 2) total += data[index];
    return total;
  }
  let s0 = data[from];
  let s2 = data[from + 2];
  let s4 = data[from + 4];
  let s6 = data[from + 6];
  let index = from + 8;
  for (; index + 8 <= end; index += 8) {
    s0 += data[index];
    s2 += data[index + 2];
    s4 += data[index + 4];
    s6 += data[index + 6];
  }
  let total = s0 + s2 + (s4 + s6);
  for (; index < end; index += 2) total += data[index];
  return total;
}

/** The same with every sum rounded to float32. */
function pairwisePartSingle(data: Numbers, from: number, count: number): number {
  if (count > blockLength) {
    const left = half(count);
    return fround(pairwisePartSingle(data, from, left) + pairwisePartSingle(data, from + left, count - left));
  }
  const end = from + count;
  if (count < 8) {
    let total = fround(-0);
    for (let index = from; index < end; index += 2) total = fround(total + data[index]);
    return total;
  }
  let s0 = fround(data[from]);
  let s2 = fround(data[from + 2]);
  let s4 = fround(data[from + 4]);
  let s6 = fround(data[from + 6]);
  let index = from + 8;
  for (; index + 8 <= end; index += 8) {
    s0 = fround(s0 + data[index]);
    s2 = fround(s2 + data[index + 2]);
    s4 = fround(s4 + data[index + 4]);
    s6 = fround(s6 + data[index + 6]);
  }
  let total = fround(fround(s0 + s2) + fround(s4 + s6));
  for (; index < end; index += 2) total = fround(total + data[index]);
  return total;
}

function addRow(results: Numbers, at: number, data: Numbers, from: number, count: number): void {
  for (let index = 0; index < count; index += 1) results[at + index] += data[from + index];
}

/** Starts from 0. A float32 result rounds each sum as it is stored. */
export const sumReal: Fold = {
  line(results, at, data, from, count) {
    results[at] += pairwise(data, from, count);
  },
  row: addRow,
};

export const sumSingle: Fold = {
  line(results, at, data, from, count) {
    results[at] += pairwiseSingle(data, from, count);
  },
  row: addRow,
};

export const sumComplex: Fold = {
  line(results, at, data, from, count) {
    results[at] += pairwisePart(data, from, 2 * count);
    results[at + 1] += pairwisePart(data, from + 1, 2 * count);
  },
  row: (results, at, data, from, count) => addRow(results, at, data, from, 2 * count),
};

export const sumComplexSingle: Fold = {
  line(results, at, data, from, count) {
    results[at] += pairwisePartSingle(data, from, 2 * count);
    results[at + 1] += pairwisePartSingle(data, from + 1, 2 * count);
  },
  row: (results, at, data, from, count) => addRow(results, at, data, from, 2 * count),
};
