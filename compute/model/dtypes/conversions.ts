import { type ArraySpec, byteLength, type DenseArray, type Dtype } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { cast } from "../../loops/casts/cast.ts";
import { inputRule } from "../../operations/variadic.ts";
import { conversionStep } from "../loop-steps.ts";
import type { Arrays, InputRule, Operation, OperationPlan, Specs } from "../operation.ts";
import type { PlanStep } from "../steps.ts";

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

/** What is converted before an operation sees its inputs, and what of its outputs afterwards. */
export interface Conversions {
  before(inputs: Specs): Conversion[];
  after(inputs: Specs, outputs: Specs): Conversion[];
}

/** Each array that `dtypeOf` has another dtype for. */
export function conversionsOf(
  specs: Specs,
  dtypeOf: (spec: ArraySpec, name: string) => Dtype | undefined,
): Conversion[] {
  return Object.entries(specs).flatMap(([name, from]) => {
    const dtype = dtypeOf(from, name);
    return dtype === undefined || dtype === from.dtype
      ? []
      : [{ name, from, to: { shape: from.shape, dtype } }];
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

/** The plan of an operation and of the conversions around it. */
function planConverting(
  operation: Operation,
  params: unknown,
  inputs: Specs,
  conversions: Conversions,
): OperationPlan {
  const before = conversions.before(inputs);
  const planned = operation.plan(params, { ...inputs, ...changed(before) });
  const after = conversions.after(inputs, planned.outputs);
  if (before.length + after.length === 0) return planned;
  // The arrays that were converted are the caller's: they stay alive beside what they became.
  const beside = bytesOf(before.map(({ from }) => from));
  const given = bytesOf(Object.values(inputs));
  return {
    ...planned,
    outputs: { ...planned.outputs, ...changed(after) },
    steps: [
      ...conversionSteps(before, given),
      ...planned.steps.map((step) => ({ ...step, live: step.live + beside })),
      ...conversionSteps(after, given + bytesOf(Object.values(planned.outputs))),
    ],
  };
}

/** Runs an operation and the conversions around it, in the steps that `planConverting` says. */
function runConverting(
  operation: Operation,
  params: unknown,
  inputs: Arrays,
  engine: Engine,
  conversions: Conversions,
): Arrays {
  const convert = (arrays: Arrays, { name, to }: Conversion): [string, DenseArray] => [
    name,
    cast(arrays[name], engine.array(to), engine.nextStep()),
  ];
  const made = conversions.before(inputs).map((conversion) => convert(inputs, conversion));
  const outputs = operation.run(params, { ...inputs, ...Object.fromEntries(made) }, engine);
  for (const [, array] of made) if (!holds(outputs, array)) engine.release(array);
  const answered = conversions.after(inputs, outputs).map((conversion): [string, DenseArray] => {
    const converted = convert(outputs, conversion);
    engine.release(outputs[conversion.name]);
    return converted;
  });
  return { ...outputs, ...Object.fromEntries(answered) };
}

/** An operation with conversions around it. */
export function converting(operation: Operation, conversions: Conversions): Operation {
  return {
    ...operation,
    plan: (params, inputs) => planConverting(operation, params, inputs, conversions),
    run: (params, inputs, engine) => runConverting(operation, params, inputs, engine, conversions),
  };
}

/** An operation that takes inputs of any accepted dtype: those it does not compute itself are converted. */
export const convertingInputs = (operation: Operation): Operation =>
  converting(operation, {
    before: (inputs) =>
      conversionsOf(inputs, ({ dtype }, name) => {
        const rule = inputRule(operation, name);
        return rule && computedAs(dtype, rule.dtypes);
      }),
    after: () => [],
  });

/** Whether one of the arrays lies where this one does: some operations answer an input as it is. */
function holds(arrays: Arrays, { data }: DenseArray): boolean {
  return Object.values(arrays).some(
    (other) => other.data.buffer === data.buffer && other.data.byteOffset === data.byteOffset,
  );
}
