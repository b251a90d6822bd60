import { type FloatingArray, zeros } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { halfPoints, linesAlong, startOfLine } from "../array-lines.ts";
import type { Along } from "../engine.ts";
import { transformOf } from "./fft-any-length.ts";

/** Work on one line of `length` points: real parts first, imaginary ones from `length` on. */
interface LineWork {
  /** Points read; zeros stand for those that are not there. */
  readonly read: number;
  /** Points written. */
  readonly written: number;
  /** Real input, or complex128. */
  readonly dtype: "float64" | "complex128";
  prepare?(line: Float64Array): void;
  readonly inverse: boolean;
}

/** Every line by itself: into a buffer, transformed, into the result. */
function transformLines(
  a: FloatingArray,
  { axis, length }: Along,
  { read, written, dtype, prepare, inverse }: LineWork,
  onFraction: OnFraction,
): FloatingArray {
  const result = zeros({ shape: a.shape.with(axis, written), dtype });
  const [from, to] = [linesAlong(a.shape, axis), linesAlong(result.shape, axis)];
  const [fromWidth, toWidth] = [a, result].map((array) => (array.dtype === "complex128" ? 2 : 1));
  const transform = transformOf(length);
  const buffer = new Float64Array(2 * length + transform.scratch);
  const line = buffer.subarray(0, 2 * length);
  const available = Math.min(read, from.points);
  for (let index = 0; index < from.lines; index += 1) {
    line.fill(0);
    const start = startOfLine(index, from);
    for (let j = 0; j < available; j += 1) {
      const at = (start + j * from.inner) * fromWidth;
      line[j] = a.data[at];
      if (fromWidth === 2) line[length + j] = a.data[at + 1];
    }
    prepare?.(line);
    // With the planes exchanged the forward transform is the inverse.
    transform.run(buffer, 1, inverse ? length : 0, inverse ? 0 : length, 2 * length);
    const first = startOfLine(index, to);
    for (let k = 0; k < written; k += 1) {
      const at = (first + k * to.inner) * toWidth;
      result.data[at] = line[k];
      if (toWidth === 2) result.data[at + 1] = line[length + k];
    }
    onFraction((index + 1) / from.lines);
  }
  return result;
}

export function fft(a: FloatingArray, along: Along, inverse: boolean, onFraction: OnFraction): FloatingArray {
  const { length } = along;
  const work: LineWork = { read: length, written: length, dtype: "complex128", inverse };
  return transformLines(a, along, work, onFraction);
}

export function realFft(a: FloatingArray, along: Along, onFraction: OnFraction): FloatingArray {
  const { length } = along;
  const work: LineWork = {
    read: length,
    written: halfPoints(length),
    dtype: "complex128",
    inverse: false,
  };
  return transformLines(a, along, work, onFraction);
}

export function inverseRealFft(a: FloatingArray, along: Along, onFraction: OnFraction): FloatingArray {
  const { length } = along;
  const work: LineWork = {
    read: halfPoints(length),
    written: length,
    dtype: "float64",
    inverse: true,
    prepare(line) {
      line[length] = 0;
      if (length % 2 === 0) line[length + length / 2] = 0;
      for (let k = 1; 2 * k < length; k += 1) {
        line[length - k] = line[k];
        line[2 * length - k] = -line[length + k];
      }
    },
  };
  return transformLines(a, along, work, onFraction);
}
