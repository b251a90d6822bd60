import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { type ArrayLines, startOfLine } from "../../engines/array-lines.ts";
import type { OnFraction } from "../../model/on-fraction.ts";
import { sortComplex } from "./complex-sort.ts";

/** How one line of numbers is sorted in place. */
type SortLine = (line: FloatingArray["data"]) => void;

function sorterOf({ dtype }: FloatingArray, length: number): SortLine {
  // JavaScript's own order of numbers: NaN last, as NumPy's.
  if (dtype !== "complex128") return (line) => void line.sort();
  const spare = new Float64Array(2 * length);
  return (line) => {
    if (line instanceof Float64Array) sortComplex(line, spare);
  };
}

/**
 * What sorting holds besides: a line to merge into, or the copy V8 sorts where memory is shared; for complex
 * lines whose elements lie apart one more.
 */
export function sortingSpare({ dtype }: FloatingSpec, length: number): FloatingSpec {
  return { shape: [dtype === "complex128" ? 2 * length : length], dtype };
}

/** Sorts each line of `a` by itself, in place. */
export function sortLines(a: FloatingArray, lines: ArrayLines, onFraction: OnFraction): FloatingArray {
  const { data } = a;
  const { points, inner } = lines;
  const parts = a.dtype === "complex128" ? 2 : 1;
  const sortLine = sorterOf(a, points);
  const width = points * parts;
  // Lines whose elements lie apart are brought together for it.
  const apart =
    inner === 1 ? undefined : a.dtype === "float32" ? new Float32Array(width) : new Float64Array(width);
  const every = Math.max(1, Math.floor(2 ** 16 / Math.max(1, points)));
  for (let line = 0; line < lines.lines && points > 1; line += 1) {
    const from = startOfLine(line, lines) * parts;
    if (!apart) sortLine(data.subarray(from, from + width));
    else {
      for (let index = 0, at = from; index < width; index += parts, at += inner * parts) {
        apart[index] = data[at];
        if (parts === 2) apart[index + 1] = data[at + 1];
      }
      sortLine(apart);
      for (let index = 0, at = from; index < width; index += parts, at += inner * parts) {
        data[at] = apart[index];
        if (parts === 2) data[at + 1] = apart[index + 1];
      }
    }
    if (line % every === 0) onFraction((line + 1) / lines.lines);
  }
  onFraction(1);
  return a;
}
