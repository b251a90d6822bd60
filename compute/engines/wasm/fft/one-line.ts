import type { FloatingArray } from "@sluice/contract/array";
import { linesAlong, startOfLine } from "../../array-lines.ts";
import type { KernelMemory } from "../memory.ts";
import { type Numbers, numbersOf, partOf } from "./matrix-context.ts";

type LineDtype = "float64" | "complex128";

/** A line as numbers one behind the other: where it lies, or a copy. */
export interface OneLine {
  readonly numbers: Numbers;
  /** Writes a copy back, where it is one that was to be written, and releases it. */
  close(): void;
}

const widthOf = (dtype: FloatingArray["dtype"]): 1 | 2 => (dtype === "complex128" ? 2 : 1);

function inPlace(
  array: FloatingArray,
  axis: number,
  line: number,
  points: number,
  memory: KernelMemory,
): OneLine {
  const width = widthOf(array.dtype);
  const start = startOfLine(line, linesAlong(array.shape, axis)) * width;
  return { numbers: partOf(numbersOf(array.data, memory), start, start + points * width), close() {} };
}

/** Elements of a strided line to or from a dense one; an imaginary part that one of them has not is zero, or dropped. */
function copyElements(
  array: FloatingArray,
  axis: number,
  line: number,
  dense: FloatingArray,
  count: number,
  toDense: boolean,
): void {
  const lines = linesAlong(array.shape, axis);
  const [width, denseWidth] = [widthOf(array.dtype), widthOf(dense.dtype)];
  const both = Math.min(width, denseWidth);
  const [start, step] = [startOfLine(line, lines) * width, lines.inner * width];
  for (let part = 0; part < both; part += 1) {
    for (let j = 0; j < count; j += 1) {
      const [at, denseAt] = [start + j * step + part, j * denseWidth + part];
      if (toDense) dense.data[denseAt] = array.data[at];
      else array.data[at] = dense.data[denseAt];
    }
  }
}

/** The first `points` of a line, with zeros behind where it has fewer. */
export function readLine(
  array: FloatingArray,
  axis: number,
  line: number,
  { points, dtype }: { points: number; dtype: LineDtype },
  memory: KernelMemory,
): OneLine {
  const { inner, points: has } = linesAlong(array.shape, axis);
  if (inner === 1 && has >= points && array.dtype === dtype)
    return inPlace(array, axis, line, points, memory);
  const copy = memory.array({ shape: [points], dtype });
  copyElements(array, axis, line, copy, Math.min(has, points), true);
  return { numbers: numbersOf(copy.data, memory), close: () => memory.release(copy) };
}

/** A line to be written, as so many points; those it has no place for are dropped. */
export function writeLine(
  array: FloatingArray,
  axis: number,
  line: number,
  { points, dtype }: { points: number; dtype: LineDtype },
  memory: KernelMemory,
): OneLine {
  const { inner, points: has } = linesAlong(array.shape, axis);
  if (inner === 1 && has === points && array.dtype === dtype)
    return inPlace(array, axis, line, points, memory);
  const copy = memory.array({ shape: [points], dtype }, false);
  return {
    numbers: numbersOf(copy.data, memory),
    close() {
      copyElements(array, axis, line, copy, Math.min(has, points), false);
      memory.release(copy);
    },
  };
}
