import { type ArraySpec, type DenseArray, elementCount } from "./array.ts";

/** Whether an array can be a table: real, of one axis or two. */
export function hasCsv({ shape, dtype }: ArraySpec): boolean {
  return dtype !== "complex128" && (shape.length === 1 || shape.length === 2);
}

/** Characters that its CSV takes at least: a digit and what ends it for each number, a line's end for each row. */
export function leastCsvLength({ shape }: ArraySpec): number {
  return Math.max(2 * elementCount(shape), shape[0] ?? 0);
}

/**
 * A real array of one axis (a number per line) or two (a line per row) as CSV without a header, as
 * `numpy.savetxt(delimiter=",")` lays it out. Numbers are the shortest that read back the same, the sign of -0 included; NaN, Infinity and
 * -Infinity are what `numpy.loadtxt` reads too.
 */
export function arrayToCsv({ shape, data }: DenseArray): string {
  const [rows = 0, columns = 1] = shape;
  const lines: string[] = new Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const start = row * columns;
    const numbers = data.subarray(start, start + columns);
    lines[row] =
      `${numbers.some(isMinusZero) ? Array.from(numbers, numberText).join(",") : numbers.join(",")}\n`;
  }
  return lines.join("");
}

const isMinusZero = (value: number): boolean => Object.is(value, -0);

/** `join` and `String` drop the sign of -0. */
const numberText = (value: number): string => (isMinusZero(value) ? "-0" : String(value));
