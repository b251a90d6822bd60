import type { ArraySpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import type { Operation, OperationPlan, Specs } from "../../model/operation.ts";
import { parseParams } from "../../model/parse-params.ts";
import { checkSpecs } from "../../model/spec-limits.ts";
import { checkInputs } from "../input-checks.ts";
import { inputNames, inputRule } from "../variadic.ts";
import type { ProgramParams, ProgramStep } from "./schema.ts";
import { type WeakScalar, weakDtype } from "./weak-scalar.ts";

export type FindOperation = (name: string) => Operation;

/** A step with everything that can be said of it before it runs. */
export interface ResolvedStep {
  readonly as: string;
  readonly operation: Operation;
  /** For each input of the operation, the name of a value or a number. */
  readonly args: Readonly<Record<string, string | WeakScalar>>;
  /** What the numbers among them become. */
  readonly scalars: Specs;
  readonly plan: OperationPlan;
  /** Output name of the operation → name of the value. */
  readonly values: Readonly<Record<string, string>>;
}

export interface ResolvedProgram {
  readonly steps: readonly ResolvedStep[];
  /** Every value, inputs included. */
  readonly specs: ReadonlyMap<string, ArraySpec>;
  /** Name of an output → name of the value it is. */
  readonly outputs: Readonly<Record<string, string>>;
}

function refuse(field: string, detail: string, expected: string, got: string): never {
  throw new Problem("invalid-params", `${field}: ${detail}: expected ${expected}, got ${got}.`, {
    field,
    expected,
    got,
  });
}

/** What went wrong in a step, told as the step's. */
function inStep<Result>(index: number, { as, op }: ProgramStep, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { field, ...place } = error.place;
    const inside = field === undefined ? "" : `.${field}`;
    throw new Problem(error.code, `In step ${as} (${op}): ${error.message}`, {
      ...place,
      field: `params.steps[${index}]${inside}`,
    });
  }
}

/** The arguments by the operation's own input names. */
function argsByName({ args }: ProgramStep, operation: Operation): Record<string, string | WeakScalar> {
  if (!Array.isArray(args)) return args;
  const names = inputNames(operation, args.length);
  if (args.length > names.length) {
    refuse("args", "too many values", `${names.length} (${names.join(", ")})`, String(args.length));
  }
  return Object.fromEntries(args.map((arg, index) => [names[index] ?? "", arg]));
}

/** Whether a step's value has the step's own name. One of y0, y1, … has not, even where there happens to be but one. */
const isOnlyOutput = ({ listedOutputs }: Operation, names: readonly string[]): boolean =>
  names.length === 1 && listedOutputs === undefined;

function resolveStep(
  step: ProgramStep,
  specs: ReadonlyMap<string, ArraySpec>,
  find: FindOperation,
): ResolvedStep {
  const operation = find(step.op);
  if (operation.anyInputs) refuse("op", "a program is made of other operations", "another one", step.op);
  if (step.params.seed === null) {
    refuse("params.seed", "a program is the same at every attempt", "a number or a decimal string", "null");
  }
  const args = argsByName(step, operation);
  const inputs: Specs = {};
  for (const [name, arg] of Object.entries(args)) {
    if (typeof arg !== "string") continue;
    const spec = specs.get(arg);
    if (!spec) refuse(`args.${name}`, "no such value", `one of ${[...specs.keys()].join(", ")}`, arg);
    inputs[name] = spec;
  }
  const beside = Object.entries(inputs).filter(([name]) => inputRule(operation, name)?.promotes !== false);
  const arrays = beside.map(([, spec]) => spec);
  const scalars: Specs = {};
  for (const [name, arg] of Object.entries(args)) {
    if (typeof arg !== "string") scalars[name] = { shape: [], dtype: weakDtype(arg, arrays) };
  }
  Object.assign(inputs, scalars);
  const params = parseParams(operation.params(), step.params);
  checkInputs(operation, inputs);
  const plan = operation.plan(params, inputs);
  checkSpecs("outputs", plan.outputs);
  const names = Object.keys(plan.outputs);
  const values = Object.fromEntries(
    names.map((name) => [name, isOnlyOutput(operation, names) ? step.as : `${step.as}.${name}`]),
  );
  return { as: step.as, operation, args, scalars, plan, values };
}

function outputsOf(
  { outputs }: ProgramParams,
  last: ResolvedStep,
  specs: ReadonlyMap<string, ArraySpec>,
): Record<string, string> {
  if (!outputs) {
    return isOnlyOutput(last.operation, Object.keys(last.values)) ? { result: last.as } : { ...last.values };
  }
  for (const [name, value] of Object.entries(outputs)) {
    if (specs.has(value)) continue;
    const known = `one of ${[...specs.keys()].join(", ")}`;
    refuse(`params.outputs.${name}`, "no such value", known, value);
  }
  if (Object.keys(outputs).length === 0) refuse("params.outputs", "none named", "at least one", "none");
  return outputs;
}

/**
 * Checks a program step by step against the catalogue: every value is an input or an earlier step's, every step
 * plans with the shapes it gets.
 * @throws Problem of the step that is wrong, which its message and field name
 */
export function resolveProgram(params: ProgramParams, inputs: Specs, find: FindOperation): ResolvedProgram {
  const specs = new Map<string, ArraySpec>(Object.entries(inputs));
  const taken = new Set(Object.keys(inputs));
  const steps = params.steps.map((step, index) =>
    inStep(index, step, () => {
      if (taken.has(step.as)) refuse("as", "taken by an input or an earlier step", "another name", step.as);
      taken.add(step.as);
      const resolved = resolveStep(step, specs, find);
      for (const [output, value] of Object.entries(resolved.values)) {
        specs.set(value, resolved.plan.outputs[output]);
      }
      return resolved;
    }),
  );
  return { steps, specs, outputs: outputsOf(params, steps[steps.length - 1], specs) };
}
