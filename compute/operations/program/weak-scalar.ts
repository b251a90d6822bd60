import {
  type ArraySpec,
  type DenseArray,
  type Dtype,
  isComplex,
  isSingle,
  type NonFinite,
  nonFinite,
} from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { resultDtype } from "../../model/result-dtype.ts";

/** A number among a program's args: as Python's, it takes after the arrays beside it (NEP 50). */
export type WeakScalar =
  | boolean
  | number
  | { readonly float: number | NonFinite }
  | { readonly complex: readonly [re: number | NonFinite, im: number | NonFinite] };

const numberOf = (value: number | NonFinite): number =>
  typeof value === "number" ? value : nonFinite[value];

/** What NumPy has for Python's bool, int, float and complex where no array says otherwise. */
function ownDtype(scalar: WeakScalar): Dtype {
  if (typeof scalar === "boolean") return "bool";
  // A number as 2.5 or 1e300 is a float in Python, too; JSON does not tell 2.0 from 2.
  if (typeof scalar === "number") return Number.isSafeInteger(scalar) ? "int64" : "float64";
  return "float" in scalar ? "float64" : "complex128";
}

/** The dtype a number has among these arrays: of a wider kind than all of them its own, else theirs; in their precision. */
export function weakDtype(scalar: WeakScalar, arrays: readonly ArraySpec[]): Dtype {
  const own = ownDtype(scalar);
  const [first, ...rest] = arrays.map(({ dtype }) => dtype);
  if (first === undefined) return own;
  const common = rest.reduce((one, other) => resultDtype(one, other), first);
  if (own === "bool") return common;
  if (own === "int64") return common === "bool" ? own : common;
  if (own === "float64") return common === "bool" || common === "int64" ? own : common;
  if (isComplex({ dtype: common })) return common;
  return isSingle({ dtype: common }) ? "complex64" : own;
}

/** The number as a 0-d array of a dtype that `weakDtype` gave. */
export function scalarArray(scalar: WeakScalar, dtype: Dtype, engine: Engine): DenseArray {
  const array = engine.array({ shape: [], dtype });
  const [re, im] = partsOfScalar(scalar);
  if (array.dtype === "int64") array.data[0] = BigInt(re);
  else {
    array.data[0] = re;
    if (isComplex(array)) array.data[1] = im;
  }
  return array;
}

function partsOfScalar(scalar: WeakScalar): readonly [number, number] {
  if (typeof scalar !== "object") return [Number(scalar), 0];
  if ("float" in scalar) return [numberOf(scalar.float), 0];
  return [numberOf(scalar.complex[0]), numberOf(scalar.complex[1])];
}
