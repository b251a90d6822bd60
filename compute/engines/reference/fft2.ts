import { elementCount, type FloatingArray, zeros } from "@sluice/contract/array";
import ndarray, { type NdArray } from "ndarray";
import ops from "ndarray-ops";
import type { OnFraction } from "../../model/on-fraction.ts";
import { paddedLength, transformOf } from "./fft-any-length.ts";

type View = NdArray<Float64Array | Float32Array>;

/** Real and imaginary parts as two views over whatever holds them; a real array has no `im`. */
interface Planes {
  readonly re: View;
  readonly im?: View;
}

type Complex = Required<Planes>;

/** Complex elements worked on at a time: two planes of 128 KiB, about half of an L2 cache. */
const tileElements = 16_384;
/** A cache line holds four complex elements: narrower tiles of columns would fetch each line twice. */
const fewestLines = 4;

const linesPerTile = (length: number): number => Math.max(fewestLines, Math.floor(tileElements / length));

/** Bytes an fft step holds besides its arrays: the tile, the transform's scratch and its tables. */
export function fftScratchBytes(length: number): number {
  const tile = 2 * length * linesPerTile(length);
  const scratchAndTables = 8 * paddedLength(length) + 8 * length;
  return 8 * (tile + scratchAndTables);
}

/** The planes of matrix number `index` of a batch of interleaved complex matrices. */
function complexPlanes(data: FloatingArray["data"], rows: number, columns: number, index: number): Complex {
  const first = 2 * index * rows * columns;
  const view = (offset: number) => ndarray(data, [rows, columns], [2 * columns, 2], offset);
  return { re: view(first), im: view(first + 1) };
}

function planesOf({ data, dtype }: FloatingArray, rows: number, columns: number, index: number): Planes {
  if (dtype === "complex128") return complexPlanes(data, rows, columns, index);
  return { re: ndarray(data, [rows, columns], [columns, 1], index * rows * columns) };
}

function transposed({ re, im }: Complex): Complex {
  return { re: re.transpose(1, 0), im: im.transpose(1, 0) };
}

/** Transforms `total` lines along axis 1, a tile of them at a time: from, tile, to. */
function lineTransformer(length: number, total: number, inverse: boolean) {
  const transform = transformOf(length);
  const lines = Math.min(total, linesPerTile(length));
  const plane = lines * length;
  const buffer = new Float64Array(2 * plane + transform.scratch);
  const tile = (offset: number) => ndarray(buffer, [lines, length], [length, 1], offset);
  const [tileRe, tileIm] = [tile(0), tile(plane)];

  return (from: Planes, to: Complex, onFraction: OnFraction): void => {
    for (let line = 0; line < total; line += lines) {
      const count = Math.min(lines, total - line);
      const part = (view: View): View => view.lo(line, 0).hi(count, length);
      const [re, im] = [tileRe.hi(count, length), tileIm.hi(count, length)];
      ops.assign(re, part(from.re));
      if (from.im) ops.assign(im, part(from.im));
      else ops.assigns(im, 0);
      // With the planes exchanged the forward transform is the inverse.
      transform.run(buffer, count, inverse ? plane : 0, inverse ? 0 : plane, 2 * plane);
      ops.assign(part(to.re), re);
      ops.assign(part(to.im), im);
      onFraction((line + count) / total);
    }
  };
}

/**
 * Two-dimensional transform of the last two axes, or its unnormalised inverse: rows into the result, then its
 * columns in place.
 */
export function fft2(a: FloatingArray, nextStep: () => OnFraction, inverse = false): FloatingArray {
  const columns = a.shape.at(-1) ?? 1;
  const rows = a.shape.at(-2) ?? 1;
  const matrices = elementCount(a.shape) / (rows * columns);
  const result = zeros({ shape: a.shape, dtype: "complex128" });

  /** Each pass drops its tile and tables when it returns: they are alive in one step of the plan alone. */
  function pass(length: number, lines: number, planes: (index: number) => [Planes, Complex]): void {
    const along = lineTransformer(length, lines, inverse);
    const done = nextStep();
    for (let index = 0; index < matrices; index += 1) {
      const [from, to] = planes(index);
      along(from, to, (fraction) => done((index + fraction) / matrices));
    }
  }
  const spectrum = (index: number) => complexPlanes(result.data, rows, columns, index);
  pass(columns, rows, (index) => [planesOf(a, rows, columns, index), spectrum(index)]);
  pass(rows, columns, (index) => {
    const planes = transposed(spectrum(index));
    return [planes, planes];
  });
  return result;
}
