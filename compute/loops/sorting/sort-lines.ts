import {
  type ArraySpec,
  type DenseArray,
  type Dtype,
  isComplex,
  partsOf,
  zeros,
} from "@sluice/contract/array";
import { type ArrayLines, startOfLine } from "../../engines/array-lines.ts";
import type { OnFraction } from "../../model/on-fraction.ts";
import { type Entries, entriesOf } from "../rearrange/entries.ts";
import { type Numbers, sortComplex } from "./complex-sort.ts";

/** How one line of numbers is sorted in place. */
type SortLine = (line: DenseArray["data"]) => void;

function sorterOf(a: DenseArray, length: number): SortLine {
  // JavaScript's own order of numbers: NaN last, as NumPy's.
  if (!isComplex(a)) return (line) => void line.sort();
  const spare = zeros({ shape: [length], dtype: a.dtype }).data;
  return (line) => sortComplex(line as Numbers, spare as Numbers);
}

/**
 * What sorting holds besides: a line to merge into, or the copy V8 sorts where memory is shared; for complex
 * lines whose elements lie apart one more.
 */
export function sortingSpare(a: ArraySpec, length: number): ArraySpec {
  return { shape: [partsOf(a) * length], dtype: a.dtype };
}

/** Copies a line whose elements lie `stride` apart, in entries, into one whose elements lie together, or back. */
function gather(apart: Entries, from: number, stride: number, parts: 1 | 2, line: Entries): void {
  for (let index = 0, at = from; index < line.length; index += parts, at += stride) {
    line[index] = apart[at];
    if (parts === 2) line[index + 1] = apart[at + 1];
  }
}

function scatter(line: Entries, parts: 1 | 2, apart: Entries, from: number, stride: number): void {
  for (let index = 0, at = from; index < line.length; index += parts, at += stride) {
    apart[at] = line[index];
    if (parts === 2) apart[at + 1] = line[index + 1];
  }
}

/** Sorts each line of `a` by itself, in place. */
export function sortLines<Sorted extends DenseArray>(
  a: Sorted,
  lines: ArrayLines,
  onFraction: OnFraction,
): Sorted {
  const { points, inner } = lines;
  const sortLine = sorterOf(a, points);
  const width = points * partsOf(a);
  const { data, parts } = entriesOf(a);
  // Lines whose elements lie apart are brought together for it.
  const together: DenseArray | undefined =
    inner === 1 ? undefined : zeros({ shape: [points], dtype: a.dtype as Dtype });
  const line = together && entriesOf(together).data;
  const every = Math.max(1, Math.floor(2 ** 16 / Math.max(1, points)));
  for (let index = 0; index < lines.lines && points > 1; index += 1) {
    const start = startOfLine(index, lines);
    if (together && line) {
      gather(data, start * parts, inner * parts, parts, line);
      sortLine(together.data);
      scatter(line, parts, data, start * parts, inner * parts);
    } else {
      const from = start * partsOf(a);
      sortLine(a.data.subarray(from, from + width));
    }
    if (index % every === 0) onFraction((index + 1) / lines.lines);
  }
  onFraction(1);
  return a;
}
