import { absReal } from "../../loops/elementwise/functions.ts";
import { magnitude } from "../../loops/elementwise/signs.ts";
import { copyBool } from "../../loops/elementwise/whole/bools.ts";
import { absInteger } from "../../loops/elementwise/whole/integers.ts";
import type { Operation } from "../../model/operation.ts";
import { absoluteStep, whileHolding } from "../../model/steps.ts";
import { unaryOperation } from "./define.ts";

const line = unaryOperation({
  name: "abs",
  aliases: ["absolute"],
  summary: "Absolute value or complex magnitude of every element",
  real: absReal,
  complex: magnitude,
  int: absInteger,
  bool: copyBool,
  gives: "real",
  differences: ["Complex magnitudes are within 2 units in the last place of NumPy's."],
  example: { dataMatrix: [[-1, 2, -3]] },
});

/** numpy.absolute: a line as any other, but engines have kernels for the magnitude of complex128. */
export const abs: Operation = {
  ...line,
  family: "magnitudes",

  plan(params, inputs) {
    const { a } = inputs;
    if (a.dtype !== "complex128") return line.plan(params, inputs);
    const result = { shape: a.shape, dtype: "float64" } as const;
    return { params: {}, outputs: { result }, steps: whileHolding([a, result], [absoluteStep(a)]) };
  },

  run(params, inputs, engine) {
    const { a } = inputs;
    return a.dtype === "complex128" ? { result: engine.absolute(a) } : line.run(params, inputs, engine);
  },
};
