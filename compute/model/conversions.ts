import { type ArraySpec, byteLength, type DenseArray, type Dtype } from "@sluice/contract/array";
import type { Engine } from "../engines/engine.ts";
import { cast } from "../loops/casts/cast.ts";
import { inputRule } from "../operations/variadic.ts";
import { conversionStep } from "./loop-steps.ts";
import type { Arrays, InputRule, Operation, OperationPlan, Specs } from "./operation.ts";
import type { PlanStep } from "./steps.ts";

/** What each dtype may become without losing what it says, nearest first. float64 rounds int64 beyond 2^53, as in NumPy. */
const wider: Readonly<Record<Dtype, readonly Dtype[]>> = {
  bool: ["int64", "float64", "complex128"],
  int64: ["float64", "complex128"],
  float32: ["float64", "complex64", "complex128"],
  float64: ["complex128"],
  complex64: ["complex128"],
  complex128: [],
};

/** What an operation that computes some dtypes takes an array of this one as; undefined where that would lose something. */
export function computedAs(dtype: Dtype, computed: InputRule["dtypes"]): Dtype | undefined {
  return computed.includes(dtype) ? dtype : wider[dtype].find((candidate) => computed.includes(candidate));
}

/** All dtypes that an operation takes: those it computes itself, and those that become one of them. */
export function acceptedDtypes(computed: InputRule["dtypes"]): Dtype[] {
  const others = (Object.keys(wider) as Dtype[]).filter(
    (dtype) => !computed.includes(dtype) && computedAs(dtype, computed) !== undefined,
  );
  return [...computed, ...others];
}

/** One array made anew in another dtype. */
export interface Conversion {
  readonly name: string;
  readonly from: ArraySpec;
  readonly to: ArraySpec;
}

/** Inputs that the operation does not compute as they are, and what it takes them as. */
function inputConversions(operation: Operation, inputs: Specs): Conversion[] {
  return Object.entries(inputs).flatMap(([name, from]) => {
    const rule = inputRule(operation, name);
    const dtype = rule && computedAs(from.dtype, rule.dtypes);
    if (dtype === undefined || dtype === from.dtype) return [];
    return [{ name, from, to: { shape: from.shape, dtype } }];
  });
}

export const changed = (conversions: readonly Conversion[]): Specs =>
  Object.fromEntries(conversions.map(({ name, to }) => [name, to]));

export const bytesOf = (specs: readonly ArraySpec[]): number =>
  specs.reduce((bytes, spec) => bytes + byteLength(spec), 0);

/** One step for each, while `held` bytes and what it makes are alive. */
export function conversionSteps(conversions: readonly Conversion[], held: number): PlanStep[] {
  let live = held;
  return conversions.map(({ from, to }) => {
    live += byteLength(to);
    return { ...conversionStep(from, to), live };
  });
}

/** The plan of an operation over inputs of any accepted dtype: its own, and the conversions around it. */
export function planConverting(operation: Operation, params: unknown, inputs: Specs): OperationPlan {
  const before = inputConversions(operation, inputs);
  const planned = operation.plan(params, { ...inputs, ...changed(before) });
  if (before.length === 0) return planned;
  // The arrays that were converted are the caller's: they stay alive beside what they became.
  const beside = bytesOf(before.map(({ from }) => from));
  return {
    ...planned,
    steps: [
      ...conversionSteps(before, bytesOf(Object.values(inputs))),
      ...planned.steps.map((step) => ({ ...step, live: step.live + beside })),
    ],
  };
}

/** Runs an operation over inputs of any accepted dtype, in the steps that `planConverting` says. */
export function runConverting(operation: Operation, params: unknown, inputs: Arrays, engine: Engine): Arrays {
  const before = inputConversions(operation, inputs);
  const made = before.map(({ name, to }): [string, DenseArray] => [
    name,
    cast(inputs[name], engine.array(to), engine.nextStep()),
  ]);
  const outputs = operation.run(params, { ...inputs, ...Object.fromEntries(made) }, engine);
  for (const [, array] of made) if (!holds(outputs, array)) engine.release(array);
  return outputs;
}

/** Whether one of the arrays lies where this one does: some operations answer an input as it is. */
function holds(arrays: Arrays, { data }: DenseArray): boolean {
  return Object.values(arrays).some(
    (other) => other.data.buffer === data.buffer && other.data.byteOffset === data.byteOffset,
  );
}
