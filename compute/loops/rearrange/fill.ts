import { type DenseArray, isComplex } from "@sluice/contract/array";

/** Gives every element one value. int64 takes its whole part, bool whether it is not 0, a real array its real part. */
export function fillWith(array: DenseArray, re: number, im = 0): void {
  if (array.dtype === "int64") array.data.fill(BigInt(Math.trunc(re)));
  else if (array.dtype === "bool") array.data.fill(re !== 0 || im !== 0 ? 1 : 0);
  else {
    array.data.fill(re);
    if (!isComplex(array) || im === re) return;
    for (let at = 1; at < array.data.length; at += 2) array.data[at] = im;
  }
}
