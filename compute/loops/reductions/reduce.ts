import { type DenseArray, type FloatingArray, partsOf } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";

export type Numbers = FloatingArray["data"];

/**
 * How numbers are taken into results that were set to a starting value. `at` and `from` count numbers, of
 * which a complex element has two; `count` counts elements.
 */
export interface Fold<Data extends DenseArray["data"] = Numbers, Results extends DenseArray["data"] = Data> {
  /** Takes the line data[from], … into the one element results[at]. */
  line(results: Results, at: number, data: Data, from: number, count: number): void;
  /** Takes data[from], … into results[at], …, element by element. */
  row(results: Results, at: number, data: Data, from: number, count: number): void;
}

/** A fold of any kinds of data and results: whoever reduces by it has arrays of these kinds. */
export type AnyFold = Fold<never, never>;

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
export function reduce<Results extends DenseArray>(
  fold: AnyFold,
  a: DenseArray,
  axes: readonly number[],
  results: Results,
  onFraction: OnFraction,
): Results {
  const data = a.data as never;
  const into = results.data as never;
  const parts = partsOf(a);
  const runs = runsOf(a.shape, axes);
  const inner = runs[runs.length - 1];
  const outer = runs.slice(0, -1);
  const step = inner.extent * parts;
  /** How far results move with each outer run: not at all while it is reduced. */
  const strides = outer.map(({ reduced }, index) => {
    const within = runs.slice(index + 1).filter((run) => !run.reduced);
    return reduced ? 0 : within.reduce<number>((product, { extent }) => product * extent, partsOf(results));
  });
  const counters = outer.map(() => 0);
  const { length } = a.data;
  let at = 0;
  let reported = 0;
  for (let from = 0; from < length; from += step) {
    if (inner.reduced) fold.line(into, at, data, from, inner.extent);
    else fold.row(into, at, data, from, inner.extent);
    for (let run = outer.length - 1; run >= 0; run -= 1) {
      counters[run] += 1;
      at += strides[run];
      if (counters[run] < outer[run].extent) break;
      at -= strides[run] * counters[run];
      counters[run] = 0;
    }
    if (from - reported < perReport) continue;
    reported = from;
    onFraction(from / length);
  }
  onFraction(1);
  return results;
}
