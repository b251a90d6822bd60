import { type DenseArray, type Dtype, dtypes, zeros } from "@sluice/contract/array";
import fc from "fast-check";

/** Arrays of these shapes and any dtype, with any values: NaN, infinities, -0 and the extremes of int64 among them. */
export function anyArray(
  shapes: fc.Arbitrary<readonly number[]>,
  of: readonly Dtype[] = dtypes,
): fc.Arbitrary<DenseArray> {
  return fc
    .record({ shape: shapes, dtype: fc.constantFrom(...of) })
    .chain((spec): fc.Arbitrary<DenseArray> => {
      const array: DenseArray = zeros(spec);
      const { length } = array.data;
      const count = { minLength: length, maxLength: length };
      if (array.dtype === "int64") {
        const { data } = array;
        return fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), count).map((values) => {
          data.set(values);
          return array;
        });
      }
      const { data } = array;
      const numbers = array.dtype === "bool" ? fc.integer({ min: 0, max: 1 }) : fc.double();
      return fc.array(numbers, count).map((values) => {
        data.set(values);
        return array;
      });
    });
}
