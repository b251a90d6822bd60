import { type Dtype, isFloating, isSingle } from "@sluice/contract/array";
import { inputRule } from "../../operations/variadic.ts";
import type { Operation, Specs } from "../operation.ts";
import { resultDtype } from "../result-dtype.ts";
import { computedAs, conversionsOf, converting } from "./conversions.ts";
import { singleOf } from "./single-precision.ts";

const commonDtype = (inputs: Specs): Dtype =>
  Object.values(inputs)
    .map(({ dtype }) => dtype)
    .reduce((one, other) => resultDtype(one, other));

/** What an output in int64 or double precision becomes where NumPy computes in this dtype. */
function answered(common: Dtype, dtype: Dtype): Dtype | undefined {
  if (isSingle({ dtype: common })) return singleOf[dtype];
  return common === "bool" && dtype === "int64" ? "bool" : undefined;
}

/**
 * Products, which NumPy computes in the common dtype of their factors: bool and int64 beside floating numbers become
 * what those promote to, and the result is in the common dtype, too. bool is counted in int64: true where any product
 * is. Floating factors of several dtypes stay as they are, as engines mix them.
 */
export function inCommonDtype(operation: Operation): Operation {
  return converting(operation, {
    before(inputs) {
      const common = commonDtype(inputs);
      return conversionsOf(inputs, (spec, name) => {
        const computed = inputRule(operation, name)?.dtypes ?? [];
        return computedAs(isFloating(spec) ? spec.dtype : common, computed);
      });
    },
    after(inputs, outputs) {
      const common = commonDtype(inputs);
      return conversionsOf(outputs, ({ dtype }) => answered(common, dtype));
    },
  });
}
