import type { FloatingDtype, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { applyElementwise, type Loop } from "../../loops/elementwise/apply.ts";
import { broadcastShape } from "../../model/broadcast.ts";
import { elementwiseStep, transcendentalStep } from "../../model/loop-steps.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { type Work, whileHolding } from "../../model/steps.ts";
import { anyDtype, workingDtype } from "../dtypes.ts";

/** What distinguishes one element-wise operation from another. */
interface Elementwise {
  readonly name: string;
  readonly summary: string;
  /** One loop over real numbers, one over complex ones. */
  readonly real: Loop;
  readonly complex: Loop;
  /**
   * Nominal flops of a real and of a complex element, for functions that take long: in proportion to the
   * measured time, where exp has 20 (its usual count). Without them the operation is as fast as memory.
   */
  readonly flopsEach?: readonly [real: number, complex: number];
  readonly differences?: readonly string[];
  readonly example: Readonly<Record<string, unknown>>;
}

function stepOf({ flopsEach }: Elementwise, operands: readonly FloatingSpec[], result: FloatingSpec): Work {
  if (!flopsEach) return elementwiseStep(operands, result);
  return transcendentalStep(operands, result, flopsEach[result.dtype === "complex128" ? 1 : 0]);
}

const loopOf = ({ real, complex }: Elementwise, dtype: FloatingDtype): Loop =>
  dtype === "complex128" ? complex : real;

/** f(a), element by element, in the dtype of a. */
export function unaryOperation(own: Elementwise): Operation {
  const { name, summary, differences, example } = own;
  return defineOperation({
    name,
    summary,
    inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: anyDtype } },
    outputs: { result: "the shape and dtype of a" },
    params: () => z.strictObject({}),
    ...(differences && { differences }),
    example: { operation: name, ...example },

    plan(_params, { a }) {
      const result: FloatingSpec = { shape: a.shape, dtype: a.dtype };
      return {
        params: {},
        outputs: { result },
        steps: whileHolding([a, result], [stepOf(own, [a], result)]),
      };
    },

    run(_params, { a }, engine) {
      const loop = loopOf(own, a.dtype);
      const result = engine.array({ shape: a.shape, dtype: a.dtype });
      const operands = [{ array: a, as: workingDtype(a.dtype) }];
      return { result: applyElementwise(loop, operands, result, engine.nextStep()) };
    },
  });
}

/** f(a, b), element by element, broadcast together, in NumPy's result dtype. */
export function binaryOperation(own: Elementwise): Operation {
  const { name, summary, differences, example } = own;
  const resultOf = (a: FloatingSpec, b: FloatingSpec): FloatingSpec => ({
    shape: broadcastShape({ a, b }),
    dtype: resultDtype(a.dtype, b.dtype),
  });
  return defineOperation({
    name,
    summary,
    inputs: {
      a: { description: "any shape", rank: { min: 0 }, dtypes: anyDtype },
      b: { description: "a shape that broadcasts with that of a", rank: { min: 0 }, dtypes: anyDtype },
    },
    outputs: { result: "the broadcast shape, in NumPy's result dtype" },
    params: () => z.strictObject({}),
    ...(differences && { differences }),
    example: { operation: name, ...example },

    plan(_params, { a, b }) {
      const result = resultOf(a, b);
      return {
        params: {},
        outputs: { result },
        steps: whileHolding([a, b, result], [stepOf(own, [a, b], result)]),
      };
    },

    run(_params, { a, b }, engine) {
      const result = engine.array(resultOf(a, b));
      const as = workingDtype(result.dtype);
      const operands = [
        { array: a, as },
        { array: b, as },
      ] as const;
      return { result: applyElementwise(loopOf(own, result.dtype), operands, result, engine.nextStep()) };
    },
  });
}
