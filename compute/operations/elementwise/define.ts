import type { FloatingArray, FloatingDtype, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { applyElementwise, type Loop } from "../../loops/elementwise/apply.ts";
import { broadcastShape } from "../../model/broadcast.ts";
import { elementwiseStep, transcendentalStep } from "../../model/loop-steps.ts";
import { defineOperation, type InputRule, type Operation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { type Work, whileHolding } from "../../model/steps.ts";
import { anyDtype, realDtypes, workingDtype } from "../dtypes.ts";
import type { ScalarFunction } from "./scalar-function.ts";

/** The dtype in which a function of these operands is computed: NumPy's result dtype. */
const commonDtype = (operands: readonly FloatingSpec[]): FloatingDtype =>
  operands.map(({ dtype }) => dtype).reduce((one, other) => resultDtype(one, other));

function loopOf({ real, single = real, complex = real }: ScalarFunction, dtype: FloatingDtype): Loop {
  if (dtype === "complex128") return complex;
  return dtype === "float32" ? single : real;
}

function resultOf({ gives }: ScalarFunction, inputs: Readonly<Record<string, FloatingSpec>>): FloatingSpec {
  const dtype = commonDtype(Object.values(inputs));
  const isReal = gives === "real" && dtype === "complex128";
  return { shape: broadcastShape(inputs), dtype: isReal ? "float64" : dtype };
}

function stepOf({ flops }: ScalarFunction, operands: readonly FloatingSpec[], result: FloatingSpec): Work {
  const [real, complex = real] = flops ?? [];
  const each = commonDtype(operands) === "complex128" ? complex : real;
  return each === undefined ? elementwiseStep(operands, result) : transcendentalStep(operands, result, each);
}

/** What operations of a table share: planned and run alike, but for their loops. */
const familyOf = ({ gives, complex, flops }: ScalarFunction, names: readonly string[]): string =>
  [
    `a function of ${names.length}`,
    gives ?? "same",
    complex ? "complex" : "real",
    flops ? "slow" : "fast",
  ].join(", ");

function operationOf(
  own: ScalarFunction,
  rules: Readonly<Record<string, InputRule<FloatingDtype>>>,
  example: object,
): Operation {
  const { name, aliases, summary, differences } = own;
  return defineOperation({
    name,
    ...(aliases && { aliases }),
    family: familyOf(own, Object.keys(rules)),
    summary: `${summary}, as numpy.${name}`,
    inputs: rules,
    outputs: {
      result:
        own.gives === "real" ? "the real dtype of its operands" : "NumPy's result dtype of its operands",
    },
    params: () => z.strictObject({}),
    ...(differences && { differences }),
    example: { operation: name, ...example, ...own.example },

    plan(_params, inputs) {
      const operands = Object.values<FloatingSpec>(inputs);
      const result = resultOf(own, inputs);
      return {
        params: {},
        outputs: { result },
        steps: whileHolding([...operands, result], [stepOf(own, operands, result)]),
      };
    },

    run(_params, inputs, engine) {
      const arrays = Object.values<FloatingArray>(inputs);
      const dtype = commonDtype(arrays);
      const operands = arrays.map((array) => ({ array, as: workingDtype(dtype) }));
      const result = engine.array(resultOf(own, inputs));
      return { result: applyElementwise(loopOf(own, dtype), operands, result, engine.nextStep()) };
    },
  });
}

const dtypesOf = ({ complex }: ScalarFunction): readonly FloatingDtype[] => (complex ? anyDtype : realDtypes);

/** f(a), element by element, in the dtype of a. */
export function unaryOperation(own: ScalarFunction): Operation {
  const a: InputRule<FloatingDtype> = { description: "any shape", rank: { min: 0 }, dtypes: dtypesOf(own) };
  return operationOf(own, { a }, { dataMatrix: [[0.25, 0.5, 1]] });
}

/** f(a, b), element by element, broadcast together, in NumPy's result dtype. */
export function binaryOperation(own: ScalarFunction): Operation {
  const a: InputRule<FloatingDtype> = { description: "any shape", rank: { min: 0 }, dtypes: dtypesOf(own) };
  const b: InputRule<FloatingDtype> = { ...a, description: "a shape that broadcasts with that of a" };
  const rows = [
    [1, 2],
    [3, 4],
  ];
  return operationOf(own, { a, b }, { inputs: { a: { data: rows }, b: { data: [10, 20] } } });
}
