import { type ArraySpec, type DenseArray, type Dtype, isComplex } from "@sluice/contract/array";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { type AnyFold, reduce } from "../../loops/reductions/reduce.ts";
import { axesParam, keepdimsParam, reducedShape, requireElements, settleAxes } from "../../model/axes.ts";
import { reduceStep } from "../../model/loop-steps.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";

/** What results are before anything is taken in, by the kind of the result. */
interface Start {
  readonly re?: number;
  readonly im?: number;
  readonly int64?: bigint;
  readonly bool?: 0 | 1;
}

/** What distinguishes one reduction from another. */
interface Reduction {
  readonly name: string;
  readonly summary: string;
  /** How each dtype is taken in that it computes itself; bool without a fold is taken as int64. */
  readonly folds: Readonly<Partial<Record<Dtype, AnyFold>>>;
  readonly start: Start;
  /** Whether there is a result over no elements: the start. */
  readonly hasIdentity: boolean;
  /** Whether results are bool, whatever is taken in. */
  readonly isTruth?: boolean;
  readonly differences?: readonly string[];
  readonly example: Readonly<Record<string, unknown>>;
}

/** A new array of results, all at their starting value. */
function startingAt(
  { re = 0, im = 0, int64 = 0n, bool = 0 }: Start,
  spec: ArraySpec,
  engine: Engine,
): DenseArray {
  const array = engine.array(spec);
  if (array.dtype === "int64") array.data.fill(int64);
  else if (array.dtype === "bool") array.data.fill(bool);
  else {
    array.data.fill(re);
    if (isComplex(array)) for (let at = 1; at < array.data.length; at += 2) array.data[at] = im;
  }
  return array;
}

/** One element for each line along the reduced axes, in the dtype of a (int64 for bool where that has no fold), or bool. */
export function reduction({ name, summary, differences, example, ...own }: Reduction): Operation {
  const dtypes = Object.keys(own.folds) as Dtype[];
  const resultOf = (a: ArraySpec, axes: readonly number[], keepdims: boolean): ArraySpec => ({
    shape: reducedShape(a.shape, axes, keepdims),
    dtype: own.isTruth ? "bool" : a.dtype,
  });
  const ofBool = dtypes.includes("bool") ? "" : "; int64 for bool";
  return defineOperation({
    name,
    summary,
    inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes } },
    outputs: {
      result: `the shape of a without the reduced axes, ${own.isTruth ? "bool" : `in the dtype of a${ofBool}`}`,
    },
    params: () => z.strictObject({ axis: axesParam(), keepdims: keepdimsParam() }),
    ...(differences && { differences }),
    example: { operation: name, ...example },

    plan({ axis, keepdims }, { a }) {
      const axes = settleAxes(axis, a);
      if (!own.hasIdentity) requireElements(a, axes);
      const result = resultOf(a, axes, keepdims);
      return {
        params: { axis, keepdims },
        outputs: { result },
        steps: whileHolding([a, result], [reduceStep(a, result, axes)]),
      };
    },

    run({ axis, keepdims }, { a }, engine) {
      const axes = settleAxes(axis, a);
      const result = startingAt(own.start, resultOf(a, axes, keepdims), engine);
      return { result: reduce(own.folds[a.dtype] as AnyFold, a, axes, result, engine.nextStep()) };
    },
  });
}
