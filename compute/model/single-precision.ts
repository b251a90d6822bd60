import { type DenseArray, type Dtype, isSingle } from "@sluice/contract/array";
import { cast } from "../loops/casts/cast.ts";
import { bytesOf, type Conversion, changed, conversionSteps } from "./conversions.ts";
import type { Operation, Specs } from "./operation.ts";

const singleOf: Partial<Record<Dtype, Dtype>> = { float64: "float32", complex128: "complex64" };

/** Outputs in double precision, where all inputs are in single. */
function roundings(inputs: Specs, outputs: Specs): Conversion[] {
  if (!Object.values(inputs).every(isSingle)) return [];
  return Object.entries(outputs).flatMap(([name, from]) => {
    const dtype = singleOf[from.dtype];
    return dtype === undefined ? [] : [{ name, from, to: { shape: from.shape, dtype } }];
  });
}

/** An operation that computes in double precision, answering in single where NumPy does: where all inputs are. */
function rounded(operation: Operation): Operation {
  return {
    ...operation,

    plan(params, inputs) {
      const planned = operation.plan(params, inputs);
      const after = roundings(inputs, planned.outputs);
      if (after.length === 0) return planned;
      const held = bytesOf([...Object.values(inputs), ...Object.values(planned.outputs)]);
      return {
        ...planned,
        outputs: { ...planned.outputs, ...changed(after) },
        steps: [...planned.steps, ...conversionSteps(after, held)],
      };
    },

    run(params, inputs, engine) {
      const outputs = operation.run(params, inputs, engine);
      const made = roundings(inputs, outputs).map(({ name, to }): [string, DenseArray] => {
        const single = cast(outputs[name], engine.array(to), engine.nextStep());
        engine.release(outputs[name]);
        return [name, single];
      });
      return { ...outputs, ...Object.fromEntries(made) };
    },
  };
}

/**
 * Operations whose results are rounded to float32 or complex64 where all inputs are, as those of numpy.linalg and
 * numpy.fft: for arithmetic that knows double precision alone. A result of the input's own dtype stays as it is.
 */
export const answeringSingle = (operations: readonly Operation[]): readonly Operation[] =>
  operations.map(rounded);
