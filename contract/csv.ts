import { type ArraySpec, type DenseArray, elementCount, isComplex } from "./array.ts";

/** Whether an array can be a table: real, of one axis or two. */
export function hasCsv(spec: ArraySpec): boolean {
  return !isComplex(spec) && (spec.shape.length === 1 || spec.shape.length === 2);
}

/** Characters that its CSV takes at least: a digit and what ends it for each number, a line's end for each row. */
export function leastCsvLength({ shape }: ArraySpec): number {
  return Math.max(2 * elementCount(shape), shape[0] ?? 0);
}

/**
 * A real array of one axis (a number per line) or two (a line per row) as CSV without a header, as
 * `numpy.savetxt(delimiter=",")` lays it out. Numbers are the shortest that read back the same, the sign of -0
 * included; true and false are 1 and 0. NaN, Infinity and -Infinity are what `numpy.loadtxt` reads too.
 */
export function arrayToCsv({ shape, data }: DenseArray): string {
  const [rows = 0, columns = 1] = shape;
  const lines: string[] = new Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const start = row * columns;
    lines[row] = `${rowText(data.subarray(start, start + columns))}\n`;
  }
  return lines.join("");
}

/** `join` writes every number exactly, an int64 in all its digits, but drops the sign of -0. */
function rowText(row: DenseArray["data"]): string {
  if (!(row instanceof Float64Array || row instanceof Float32Array) || !row.some(isMinusZero))
    return row.join(",");
  return Array.from(row, (value) => (isMinusZero(value) ? "-0" : String(value))).join(",");
}

const isMinusZero = (value: number): boolean => Object.is(value, -0);
