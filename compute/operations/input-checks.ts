import { type ArraySpec, elementCount } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import { acceptedDtypes, computedAs } from "../model/dtypes/conversions.ts";
import type { InputRule, Operation, Specs } from "../model/operation.ts";
import { inputRule, listed } from "./variadic.ts";

const shapeText = (shape: readonly number[]): string => `shape (${shape.join(", ")})`;

function rankText(rank: InputRule["rank"]): string {
  if (typeof rank === "number") return `${rank} axes`;
  return rank.max === undefined ? `at least ${rank.min} axes` : `${rank.min} to ${rank.max} axes`;
}

function checkInput(name: string, rule: InputRule, spec: ArraySpec): void {
  const { shape, dtype } = spec;
  const refuse = (expected: string, got: string): never => {
    throw new Problem("invalid-shape", `inputs.${name} must have ${expected}, not ${got}.`, {
      field: `inputs.${name}`,
      expected,
      got,
    });
  };
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    refuse("extents that are whole numbers from 0", shapeText(shape));
  }
  const { min, max = Number.POSITIVE_INFINITY } =
    typeof rule.rank === "number" ? { min: rule.rank, max: rule.rank } : rule.rank;
  if (shape.length < min || shape.length > max) {
    refuse(rankText(rule.rank), `${shape.length} (${shapeText(shape)})`);
  }
  if (computedAs(dtype, rule.dtypes) === undefined) {
    refuse(`dtype ${acceptedDtypes(rule.dtypes).join(" or ")}`, dtype);
  }
}

function requireInput(name: string, rule: InputRule, inputs: Specs): void {
  const spec = inputs[name];
  if (spec) {
    checkInput(name, rule, spec);
    return;
  }
  throw new Problem("invalid-shape", `The operation needs the input ${name} (${rule.description}).`, {
    field: `inputs.${name}`,
    expected: `an array with ${rankText(rule.rank)}`,
    got: "nothing",
  });
}

/** Every input the operation names is there, none that it does not name, each of the right kind. */
export function checkInputs(operation: Pick<Operation, "inputs" | "variadic">, inputs: Specs): void {
  const { inputs: rules, variadic } = operation;
  const names = [...Object.keys(rules), ...(variadic ? ["x0", "x1", "…"] : [])];
  for (const name of Object.keys(inputs)) {
    if (inputRule(operation, name)) continue;
    throw new Problem("invalid-shape", `The operation has no input ${name}.`, {
      field: `inputs.${name}`,
      expected: names.length === 0 ? "no inputs" : `only the inputs ${names.join(", ")}`,
      got: name,
    });
  }
  for (const [name, rule] of Object.entries(rules)) requireInput(name, rule, inputs);
  if (!variadic) return;
  // A gap in the list is a missing input: x0 and x2 need x1.
  const given = Object.keys(inputs).length - Object.keys(rules).length;
  const count = Math.max(given, variadic.least, listed(inputs).length);
  for (let index = 0; index < count; index += 1) requireInput(`x${index}`, variadic, inputs);
}

/** For operations that, as in NumPy, have no meaning over zero elements. */
export function requireNonEmpty(name: string, { shape }: ArraySpec): void {
  if (elementCount(shape) > 0) return;
  throw new Problem(
    "invalid-shape",
    `inputs.${name} must not be empty: its ${shapeText(shape)} has no elements.`,
    {
      field: `inputs.${name}`,
      expected: "at least one element",
      got: shapeText(shape),
    },
  );
}
