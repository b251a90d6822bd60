/** Two-dimensional convolution by the definition, a row of the result at a time. */
import type { FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";

/** out[to + n] += factor · data[from + n] */
function addScaled(
  out: Float64Array,
  to: number,
  data: FloatingArray["data"],
  from: number,
  count: number,
  factor: number,
): void {
  for (let n = 0; n < count; n += 1) out[to + n] += factor * data[from + n];
}

function addScaledComplex(
  out: Float64Array,
  to: number,
  data: FloatingArray["data"],
  from: number,
  count: number,
  re: number,
  im: number,
): void {
  for (let n = 0; n < 2 * count; n += 2) {
    out[to + n] += re * data[from + n] - im * data[from + n + 1];
    out[to + n + 1] += re * data[from + n + 1] + im * data[from + n];
  }
}

/**
 * The part of the full convolution of `a` and `kernel`, both of `result`'s working dtype, that begins `top`
 * rows down and `left` columns in and has the shape of `result`. Beyond its edges `a` is zero.
 */
export function convolve(
  a: FloatingArray,
  kernel: FloatingArray,
  result: FloatingArray,
  { top, left }: { top: number; left: number },
  onFraction: OnFraction,
): FloatingArray {
  const [rows, columns] = a.shape;
  const [kernelRows, kernelColumns] = kernel.shape;
  const [height, width] = result.shape;
  const parts = a.dtype === "complex128" ? 2 : 1;
  const line = new Float64Array(width * parts);
  for (let row = 0; row < height; row += 1) {
    line.fill(0);
    for (let p = 0; p < kernelRows; p += 1) {
      const source = row + top - p;
      if (source < 0 || source >= rows) continue;
      for (let q = 0; q < kernelColumns; q += 1) {
        // Columns of the result to which column - q of a belongs.
        const start = Math.max(0, q - left);
        const count = Math.min(width, columns + q - left) - start;
        if (count <= 0) continue;
        const from = (source * columns + start + left - q) * parts;
        const at = (p * kernelColumns + q) * parts;
        if (parts === 1) addScaled(line, start, a.data, from, count, kernel.data[at]);
        else {
          addScaledComplex(line, 2 * start, a.data, from, count, kernel.data[at], kernel.data[at + 1]);
        }
      }
    }
    result.data.set(line, row * width * parts);
    onFraction((row + 1) / height);
  }
  onFraction(1);
  return result;
}

/** A copy turned by half a circle, and conjugated: convolving with it is correlating. */
export function turned({ shape, dtype, data }: FloatingArray): FloatingArray {
  const copy = new Float64Array(data.length);
  const parts = dtype === "complex128" ? 2 : 1;
  for (let from = 0, to = data.length - parts; to >= 0; from += parts, to -= parts) {
    copy[to] = data[from];
    if (parts === 2) copy[to + 1] = -data[from + 1];
  }
  return { shape, dtype, data: copy };
}
