import type { FloatingArray } from "@sluice/contract/array";

/** A real matrix, or the two planes of a complex one, in rows `stride` numbers apart. */
export interface Planes {
  readonly re: Float64Array;
  readonly im: Float64Array | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
}

export type Complex = readonly [re: number, im: number];

/** A corner of an array: where it begins and how far it reaches. */
export interface Area {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

export function newPlanes(rows: number, columns: number, complex: boolean): Planes {
  const make = () => new Float64Array(rows * columns);
  return { re: make(), im: complex ? make() : undefined, rows, columns, stride: columns };
}

/** Numbers in a row from which on `set` is faster than a loop. */
const leastSet = 48;

/** An area of a real or interleaved complex array. */
export function load(
  { data, shape, dtype }: FloatingArray,
  { row, column, rows, columns }: Area,
  to: Planes,
) {
  const step = dtype === "complex128" ? 2 : 1;
  const width = shape[1];
  for (let i = 0; i < rows; i += 1) {
    let from = ((row + i) * width + column) * step;
    const start = i * to.stride;
    if (!to.im && columns >= leastSet) {
      to.re.set(data.subarray(from, from + columns), start);
      continue;
    }
    for (let j = 0; j < columns; j += 1) {
      to.re[start + j] = data[from];
      if (to.im) to.im[start + j] = step === 2 ? data[from + 1] : 0;
      from += step;
    }
  }
}

/** The same area, transposed and conjugated: rows × columns are those of `to`. */
export function loadAdjoint(
  { data, shape, dtype }: FloatingArray,
  { row, column, rows, columns }: Area,
  to: Planes,
) {
  const step = dtype === "complex128" ? 2 : 1;
  const width = shape[1];
  for (let j = 0; j < columns; j += 1) {
    let from = ((column + j) * width + row) * step;
    for (let i = 0; i < rows; i += 1) {
      to.re[i * to.stride + j] = data[from];
      if (to.im) to.im[i * to.stride + j] = step === 2 ? -data[from + 1] : 0;
      from += step;
    }
  }
}

export function store(
  from: Planes,
  { data, shape, dtype }: FloatingArray,
  { row, column, rows, columns }: Area,
) {
  const step = dtype === "complex128" ? 2 : 1;
  const width = shape[1];
  for (let i = 0; i < rows; i += 1) {
    const start = i * from.stride;
    let at = ((row + i) * width + column) * step;
    for (let j = 0; j < columns; j += 1) {
      data[at] = from.re[start + j];
      if (from.im) data[at + 1] = from.im[start + j];
      at += step;
    }
  }
}

/** The whole of a matrix in planes of its own. */
export function planesOf(a: FloatingArray): Planes {
  const [rows, columns] = a.shape;
  const planes = newPlanes(rows, columns, a.dtype === "complex128");
  load(a, { row: 0, column: 0, rows, columns }, planes);
  return planes;
}

export const at = ({ re, im, stride }: Planes, row: number, column: number): Complex => [
  re[row * stride + column],
  im ? im[row * stride + column] : 0,
];

export function put({ re, im, stride }: Planes, row: number, column: number, [x, y]: Complex) {
  re[row * stride + column] = x;
  if (im) im[row * stride + column] = y;
}

/** a / b as Smith (1962) divides: neither overflows nor underflows on the way. */
export function divide([a, b]: Complex, [c, d]: Complex): Complex {
  if (d === 0) return [a / c, b / c];
  if (Math.abs(c) >= Math.abs(d)) {
    const ratio = d / c;
    const scale = c + d * ratio;
    return [(a + b * ratio) / scale, (b - a * ratio) / scale];
  }
  const ratio = c / d;
  const scale = c * ratio + d;
  return [(a * ratio + b) / scale, (b * ratio - a) / scale];
}

/** Row `to` of `target` += factor · row `from` of `source`, columns [first, end). */
export function addRow(
  target: Planes,
  to: number,
  source: Planes,
  from: number,
  [f, g]: Complex,
  first: number,
  end: number,
) {
  const [into, out] = [to * target.stride, from * source.stride];
  const [x, u] = [target.re, source.re];
  const [y, v] = [target.im, source.im];
  if (!y || !v) {
    for (let j = first; j < end; j += 1) x[into + j] += f * u[out + j];
    return;
  }
  for (let j = first; j < end; j += 1) {
    const [p, q] = [u[out + j], v[out + j]];
    x[into + j] += f * p - g * q;
    y[into + j] += f * q + g * p;
  }
}

export function swapRows({ re, im, stride, columns }: Planes, one: number, other: number) {
  for (const plane of im ? [re, im] : [re]) {
    for (let j = 0; j < columns; j += 1) {
      const kept = plane[one * stride + j];
      plane[one * stride + j] = plane[other * stride + j];
      plane[other * stride + j] = kept;
    }
  }
}
