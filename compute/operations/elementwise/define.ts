import {
  type ArraySpec,
  type DenseArray,
  type Dtype,
  dtypes,
  isComplex,
  isSingle,
} from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { type AnyLoop, applyElementwise } from "../../loops/elementwise/apply.ts";
import type { Working } from "../../loops/elementwise/operand-blocks.ts";
import { broadcastShape } from "../../model/broadcast.ts";
import { elementwiseStep, transcendentalStep } from "../../model/loop-steps.ts";
import { defineOperation, type InputRule, type Operation, type Specs } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { type Work, whileHolding } from "../../model/steps.ts";
import { kindOf, type ScalarFunction } from "./scalar-function.ts";

/** NumPy's result dtype of the operands. */
const commonDtype = (operands: readonly ArraySpec[]): Dtype =>
  operands.map(({ dtype }) => dtype).reduce((one, other) => resultDtype(one, other));

/**
 * What operands of a common dtype are read as.
 * @throws Problem invalid-shape where NumPy has no such function either
 */
function requiredKind(own: ScalarFunction, dtype: Dtype): Working {
  const kind = kindOf(own, dtype);
  if (kind !== undefined && dtype !== own.refuses) return kind;
  const takes = takenDtypes(own).filter((other) => other !== own.refuses);
  const expected = `dtype ${takes.join(" or ")}`;
  throw new Problem(
    "invalid-shape",
    `${own.name} has no meaning for ${dtype}, as in NumPy: expected ${expected}.`,
    {
      field: "inputs.a",
      expected,
      got: dtype,
    },
  );
}

const takenDtypes = (own: ScalarFunction): readonly Dtype[] =>
  dtypes.filter((dtype) => kindOf(own, dtype) !== undefined);

/** The dtype of the result of operands of a common dtype that are read as a kind. */
function givenDtype({ gives }: ScalarFunction, dtype: Dtype, kind: Working): Dtype {
  if (gives === "bool" || kind === "bool") return "bool";
  if (kind === "int64") return "int64";
  const isDouble = gives === "double" || !isSingle({ dtype });
  if (kind === "complex128" && gives !== "real") return isDouble ? "complex128" : "complex64";
  return isDouble ? "float64" : "float32";
}

function loopOf(own: ScalarFunction, dtype: Dtype, kind: Working): AnyLoop {
  const real = dtype === "float32" ? (own.single ?? own.real) : own.real;
  const loops = { float64: real, complex128: own.complex, int64: own.int, bool: own.truth ?? own.bool };
  // There is one, or there would be no such kind.
  return loops[kind] as AnyLoop;
}

const resultOf = (own: ScalarFunction, inputs: Readonly<Record<string, ArraySpec>>): ArraySpec => {
  const dtype = commonDtype(Object.values(inputs));
  return { shape: broadcastShape(inputs), dtype: givenDtype(own, dtype, requiredKind(own, dtype)) };
};

function stepOf({ flops }: ScalarFunction, operands: readonly ArraySpec[], result: ArraySpec): Work {
  const [real, complex = real] = flops ?? [];
  const each = isComplex({ dtype: commonDtype(operands) }) ? complex : real;
  return each === undefined ? elementwiseStep(operands, result) : transcendentalStep(operands, result, each);
}

/** What operations of a table share: they hold the same arrays, and are shown in one table of the catalogue. */
const familyOf = (own: ScalarFunction, names: readonly string[]): string =>
  `${names.length}, ${own.truth ? "bool" : (own.gives ?? "same")}, ${own.real || own.truth ? "any" : "whole"}`;

const resultText: Readonly<Record<NonNullable<ScalarFunction["gives"]> | "same", string>> = {
  same: "NumPy's result dtype of its operands",
  bool: "bool",
  real: "NumPy's result dtype of its operands; the real one of complex ones",
  double: "float64 or complex128",
};

function operationOf(own: ScalarFunction, names: readonly string[], example: object): Operation {
  const { name, aliases, summary, differences, gives } = own;
  const rules = names.map((input, index): [string, InputRule] => [
    input,
    {
      description: index === 0 ? "any shape" : "a shape that broadcasts with that of a",
      rank: { min: 0 },
      // What the function refuses too: the model would take it for the next wider dtype.
      dtypes: takenDtypes(own),
    },
  ]);
  return defineOperation({
    name,
    ...(aliases && { aliases }),
    family: familyOf(own, names),
    summary: `${summary}, as numpy.${name}`,
    inputs: Object.fromEntries(rules),
    outputs: { result: resultText[own.truth ? "bool" : (gives ?? "same")] },
    params: () => z.strictObject({}),
    ...(differences && { differences }),
    example: { operation: name, ...example, ...own.example },

    plan(_params, inputs: Specs) {
      const operands = Object.values(inputs);
      const result = resultOf(own, inputs);
      return {
        params: {},
        outputs: { result },
        steps: whileHolding([...operands, result], [stepOf(own, operands, result)]),
      };
    },

    run(_params, inputs, engine) {
      const arrays = Object.values<DenseArray>(inputs);
      const dtype = commonDtype(arrays);
      const kind = requiredKind(own, dtype);
      const operands = arrays.map((array) => ({ array, as: kind }));
      const result = engine.array(resultOf(own, inputs));
      return { result: applyElementwise(loopOf(own, dtype, kind), operands, result, engine.nextStep()) };
    },
  });
}

/** f(a), element by element. */
export const unaryOperation = (own: ScalarFunction): Operation =>
  operationOf(own, ["a"], own.real ? { dataMatrix: [[0.25, 0.5, 1]] } : { inputs: { a: whole([1, 0, 3]) } });

/** f(a, b), element by element, broadcast together. */
export const binaryOperation = (own: ScalarFunction): Operation =>
  operationOf(own, ["a", "b"], {
    inputs: own.real
      ? {
          a: {
            data: [
              [1, 2],
              [3, 4],
            ],
          },
          b: { data: [10, 20] },
        }
      : {
          a: whole([
            [1, 2],
            [3, 4],
          ]),
          b: whole([10, 20]),
        },
  });

const whole = (data: unknown) => ({ data, dtype: "int64" });
