import { type FloatingArray, type FloatingDtype, zeros } from "@sluice/contract/array";
import { operand, spec } from "../compute/arrays.ts";

export type Kind =
  | "random"
  | "symmetric"
  | "positive"
  | "hilbert"
  | "huge"
  | "tiny"
  | "graded"
  | "deficient"
  | "zero"
  | "identity"
  | "ones"
  | "clustered"
  | "dominant";

const width = ({ dtype }: { dtype: FloatingDtype }): number => (dtype === "complex128" ? 2 : 1);

/** Each element of a copy by its row, its column and what it was. */
function mapped(a: FloatingArray, value: (i: number, j: number, was: number) => number): FloatingArray {
  const n = a.shape.at(-1) ?? 1;
  const data = a.data.map((was, at) => {
    const index = Math.floor(at / width(a));
    return value(Math.floor(index / n), index % n, was);
  });
  return { ...a, data };
}

/** `operand` of scripts/fixtures/make_linalg_fixtures.py, and some that only residuals are taken of. */
export function matrix(
  kind: Kind,
  shape: readonly number[],
  seed: number,
  dtype: FloatingDtype = "float64",
): FloatingArray {
  const values = operand(shape, dtype, seed);
  const n = shape.at(-1) ?? 1;
  const at = (i: number, j: number) => values.data[i * n + j] ?? 0;
  switch (kind) {
    case "random":
      return values;
    case "symmetric":
      return mapped(values, (i, j) => (i >= j ? at(i, j) : at(j, i)));
    case "positive": {
      const product = multiply(values, adjoint(values));
      for (let i = 0; i < n; i += 1) {
        const at = i * (n + 1) * width(product);
        product.data[at] = (product.data[at] ?? 0) + 1;
      }
      return product;
    }
    case "hilbert":
      return mapped(values, (i, j) => 1 / (i + j + 1));
    case "huge":
      return mapped(values, (_i, _j, was) => was * 2 ** 500);
    case "tiny":
      return mapped(values, (_i, _j, was) => was * 2 ** -500);
    case "graded":
      return mapped(values, (i, j, was) => was * 2 ** -Math.max(i, j));
    case "deficient":
      return mapped(values, (i, j, was) => {
        if (j === n - 1) return at(i, 0) + at(i, 1);
        return j === n - 2 ? at(i, 0) : was;
      });
    case "zero":
      return mapped(values, () => 0);
    case "identity":
      return mapped(values, (i, j) => (i === j ? 1 : 0));
    case "ones":
      return mapped(values, () => 1);
    case "clustered":
      return mapped(values, (i, j) => (i === j ? 1 : 0) + 1e-13 * (i >= j ? at(i, j) : at(j, i)));
    case "dominant":
      return dominant(values);
  }
}

/** A stack of square matrices, each with its adjoint and twice its extent times the identity added: positive definite. */
function dominant(a: FloatingArray): FloatingArray {
  const n = a.shape.at(-1) ?? 1;
  const w = width(a);
  const data = a.data.map((was, at) => {
    const [element, part] = [Math.floor(at / w), at % w];
    const [first, i, j] = [element - (element % (n * n)), Math.floor((element % (n * n)) / n), element % n];
    const mirrored = a.data[(first + j * n + i) * w + part] ?? 0;
    // In the dtype of a, in NumPy's order.
    const sum = part === 1 ? was - mirrored : was + mirrored;
    return (a.dtype === "float32" ? Math.fround(sum) : sum) + (i === j && part === 0 ? 2 * n : 0);
  });
  return { ...a, data };
}

export function adjoint(a: FloatingArray): FloatingArray {
  const [m = 0, n = 0] = a.shape;
  const result = zeros({ shape: [n, m], dtype: a.dtype });
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j < n; j += 1) {
      const [from, to] = [(i * n + j) * width(a), (j * m + i) * width(a)];
      result.data[to] = a.data[from] ?? Number.NaN;
      if (width(a) === 2) result.data[to + 1] = -(a.data[from + 1] ?? Number.NaN);
    }
  }
  return result;
}

/** The three loops, no engine's. */
export function multiply(a: FloatingArray, b: FloatingArray): FloatingArray {
  const [m = 0, k = 0] = a.shape;
  const n = b.shape[1] ?? 0;
  if (a.dtype !== b.dtype) return multiply(complex(a), complex(b));
  const result = zeros({ shape: [m, n], dtype: a.dtype });
  const w = width(a);
  for (let i = 0; i < m; i += 1) {
    for (let p = 0; p < k; p += 1) {
      const x = a.data[(i * k + p) * w] ?? Number.NaN;
      const y = w === 2 ? (a.data[(i * k + p) * w + 1] ?? Number.NaN) : 0;
      for (let j = 0; j < n; j += 1) {
        const [from, to] = [(p * n + j) * w, (i * n + j) * w];
        const u = b.data[from] ?? Number.NaN;
        const v = w === 2 ? (b.data[from + 1] ?? Number.NaN) : 0;
        result.data[to] = (result.data[to] ?? 0) + x * u - y * v;
        if (w === 2) result.data[to + 1] = (result.data[to + 1] ?? 0) + x * v + y * u;
      }
    }
  }
  return result;
}

export function complex(a: FloatingArray): FloatingArray {
  if (a.dtype === "complex128") return a;
  const result = zeros({ shape: a.shape, dtype: "complex128" });
  for (const [index, value] of a.data.entries()) result.data[2 * index] = value;
  return result;
}

export function largest({ data }: { data: Iterable<number> }): number {
  let most = 0;
  for (const value of data) most = Number.isNaN(value) ? Number.NaN : Math.max(most, Math.abs(value));
  return most;
}

/** max |x - y|; infinite where they differ in shape. */
export function difference(x: FloatingArray, y: FloatingArray): number {
  if (String(x.shape) !== String(y.shape)) return Number.POSITIVE_INFINITY;
  if (x.dtype !== y.dtype) return difference(complex(x), complex(y));
  return largest({ data: x.data.map((value, index) => value - (y.data[index] ?? Number.NaN)) });
}

export function identity(n: number): FloatingArray {
  const result = zeros(spec([n, n]));
  for (let i = 0; i < n; i += 1) result.data[i * (n + 1)] = 1;
  return result;
}

/** By a power of two to about 1, so that residuals of huge and tiny matrices are numbers. */
export function scaled(a: FloatingArray, by: number): FloatingArray {
  return { ...a, data: a.data.map((value) => value * by) };
}

export function unitScale(a: FloatingArray): number {
  const most = largest(a);
  return most === 0 ? 1 : 2 ** -Math.floor(Math.log2(most));
}
