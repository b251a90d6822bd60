import type { FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";

export type Numbers = FloatingArray["data"];

/**
 * How numbers are taken into results that were set to a starting value. `at` and `from` count numbers, of
 * which a complex element has two; `count` counts elements.
 */
export interface Fold {
  /** Takes the line data[from], … into the one element results[at]. */
  line(results: Numbers, at: number, data: Numbers, from: number, count: number): void;
  /** Takes data[from], … into results[at], …, element by element. */
  row(results: Numbers, at: number, data: Numbers, from: number, count: number): void;
}

interface Run {
  readonly extent: number;
  readonly reduced: boolean;
}

/** Neighbouring axes that are all reduced or all kept are one run, and extents of 1 none, as in NumPy. */
export function runsOf(shape: readonly number[], axes: readonly number[]): Run[] {
  const runs: Run[] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const reduced = axes.includes(axis);
    const last = runs.at(-1);
    if (last?.reduced === reduced) runs[runs.length - 1] = { extent: last.extent * extent, reduced };
    else runs.push({ extent, reduced });
  });
  return runs.length > 0 ? runs : [{ extent: 1, reduced: true }];
}

/** Numbers between two reports. */
const perReport = 2 ** 18;

/**
 * Takes every element of `a` into `results` in C order, line by line where the last axis is reduced, else row
 * by row: the order in which NumPy adds, so that sums agree with it to the bit.
 */
export function reduce(
  fold: Fold,
  a: FloatingArray,
  axes: readonly number[],
  results: FloatingArray,
  onFraction: OnFraction,
): FloatingArray {
  const { data } = a;
  const parts = a.dtype === "complex128" ? 2 : 1;
  const runs = runsOf(a.shape, axes);
  const inner = runs[runs.length - 1];
  const outer = runs.slice(0, -1);
  const step = inner.extent * parts;
  /** How far results move with each outer run: not at all while it is reduced. */
  const strides = outer.map(({ reduced }, index) => {
    const within = runs.slice(index + 1).filter((run) => !run.reduced);
    return reduced ? 0 : within.reduce((product, { extent }) => product * extent, parts);
  });
  const counters = outer.map(() => 0);
  let at = 0;
  let reported = 0;
  for (let from = 0; from < data.length; from += step) {
    if (inner.reduced) fold.line(results.data, at, data, from, inner.extent);
    else fold.row(results.data, at, data, from, inner.extent);
    for (let run = outer.length - 1; run >= 0; run -= 1) {
      counters[run] += 1;
      at += strides[run];
      if (counters[run] < outer[run].extent) break;
      at -= strides[run] * counters[run];
      counters[run] = 0;
    }
    if (from - reported < perReport) continue;
    reported = from;
    onFraction(from / data.length);
  }
  onFraction(1);
  return results;
}
