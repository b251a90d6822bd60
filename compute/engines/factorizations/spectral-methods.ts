import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import type { SvdVectors } from "../linear-algebra.ts";
import { eig } from "./eig.ts";
import { eigh } from "./eigh.ts";
import type { Spectrum } from "./francis.ts";
import { type FullKit, svd } from "./svd-of-any-shape.ts";

type Make = (spec: FloatingSpec) => FloatingArray;

/** An engine's new float64 vector. */
function vectorOf(values: Float64Array, make: Make): FloatingArray {
  const array = make({ shape: [values.length], dtype: "float64" });
  array.data.set(values);
  return array;
}

export function eighBy(kit: FullKit, make: Make, a: FloatingArray, lower: boolean) {
  const { values, vectors } = eigh(a, lower, kit);
  return { values: vectorOf(values, make), vectors };
}

export function svdBy(kit: FullKit, make: Make, a: FloatingArray, wanted: SvdVectors) {
  const { u, s, vh } = svd(a, wanted, kit);
  const found = { s: vectorOf(s, make) };
  return u && vh ? { ...found, u, vh } : found;
}

export function eigBy(kit: FullKit, make: Make, a: FloatingArray, wanted: boolean) {
  const { values, vectors } = eig(a, wanted, kit);
  if (!vectors) return { values: complexValues(values, make) };
  const found = { values: complexValues(values, make), vectors: complexVectors(vectors, values.im, make) };
  kit.release(vectors);
  return found;
}

export function complexValues({ re, im }: Spectrum, make: Make): FloatingArray {
  const values = make({ shape: [re.length], dtype: "complex128" });
  for (let j = 0; j < re.length; j += 1) {
    values.data[2 * j] = re[j];
    values.data[2 * j + 1] = im[j];
  }
  return values;
}

/** Pairs of real columns become complex ones. */
export function complexVectors(vectors: FloatingArray, im: ArrayLike<number>, make: Make): FloatingArray {
  const n = im.length;
  const complex = make({ shape: [n, n], dtype: "complex128" });
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      const at = i * n + j;
      const first = im[j] < 0 ? at - 1 : at;
      complex.data[2 * at] = vectors.data[first];
      complex.data[2 * at + 1] = im[j] === 0 ? 0 : Math.sign(im[j]) * vectors.data[first + 1];
    }
  }
  return complex;
}
