import { byteLength, type DenseArray, elementCount } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import type { Engine } from "../../engines/engine.ts";
import type { Arrays, InputRule, Operation, OperationPlan, Specs } from "../operation.ts";
import type { Work } from "../steps.ts";
import { type Batch, batchOf, type CoreRanks, coresOf, indexText } from "./batch.ts";

/** What computes one matrix: an operation, or as much of one. */
export type Core = Pick<Operation, "plan" | "run">;

const bytesOf = (specs: Specs): number =>
  Object.values(specs).reduce((bytes, spec) => bytes + byteLength(spec), 0);

const inStack = (outputs: Specs, { shape }: Batch): Specs =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, spec]) => [name, { ...spec, shape: [...shape, ...spec.shape] }]),
  );

/** The results of the cores copied to their places in the outputs, and what else each core costs beside its steps. */
function placingStep(outputs: Specs, { count }: Batch): Work {
  const size = Object.values(outputs).reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const lines = { kind: "core", count } as const;
  return { kernel: "rearrange", size: Math.max(1, size), flops: 0, bytes: 2 * bytesOf(outputs), lines };
}

/**
 * The plan of a core over stacks: its steps as often as the batch has elements, in one go, and one allocation of each
 * output. Without leading axes it is the core's own.
 * @throws Problem as the core, and invalid-shape for leading axes that do not broadcast
 */
export function planStack(core: Core, params: unknown, inputs: Specs, ranks: CoreRanks): OperationPlan {
  const batch = batchOf(inputs, ranks);
  const one = core.plan(params, batch.cores);
  if (batch.shape.length === 0) return one;
  const outputs = inStack(one.outputs, batch);
  if (batch.count === 0) return { ...one, outputs, steps: [] };
  const whole = bytesOf(inputs) + bytesOf(outputs);
  const own = one.steps.map((step) => ({
    ...step,
    times: batch.count * (step.times ?? 1),
    // The core reads its inputs where they lie.
    live: whole + Math.max(0, step.live - bytesOf(batch.cores)),
  }));
  const most = own.reduce((live, step) => Math.max(live, step.live), whole);
  const [first, ...others] = [...own, { ...placingStep(outputs, batch), live: most }];
  return { ...one, outputs, steps: [{ ...first, together: own.length + 1 }, ...others] };
}

/** @throws Problem of one core, which then names its place in the stack */
function runCore(core: Core, params: unknown, inputs: Arrays, engine: Engine, number: number, batch: Batch) {
  try {
    return core.run(params, inputs, engine);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const detail = `${error.message} This is matrix ${indexText(number, batch)} of the stack.`;
    throw new Problem(error.code, detail, error.place);
  }
}

/** A core may answer what it was given. */
const isView = (array: DenseArray, inputs: Arrays): boolean =>
  Object.values(inputs).some(
    ({ data }) => data.buffer === array.data.buffer && data.byteOffset === array.data.byteOffset,
  );

/**
 * Runs a core over stacks as `planStack` says.
 * @throws Problem as the core's `run`: one that fails ends all, as in NumPy
 */
export function runStack(
  core: Core,
  params: unknown,
  inputs: Arrays,
  engine: Engine,
  ranks: CoreRanks,
): Arrays {
  const batch = batchOf(inputs, ranks);
  if (batch.shape.length === 0) return core.run(params, inputs, engine);
  const one = core.plan(params, batch.cores);
  const outputs = Object.entries(inStack(one.outputs, batch)).map(([name, spec]) => {
    const array = engine.array(spec);
    return { name, array, numbers: batch.count === 0 ? 0 : array.data.length / batch.count };
  });
  if (batch.count > 0) {
    const onFraction = engine.nextStep();
    const names = Object.keys(inputs);
    const views = names.map((name) => coresOf(inputs[name], batch.cores[name], batch));
    for (let number = 0; number < batch.count; number += 1) {
      const taken: Record<string, DenseArray> = {};
      for (const [index, name] of names.entries()) taken[name] = views[index].next().value as DenseArray;
      const made = runCore(core, params, taken, engine, number, batch);
      for (const { name, array, numbers } of outputs) {
        const result = made[name];
        // Both are of the output's dtype, which the type checker cannot follow.
        (array.data as Float64Array).set(result.data as Float64Array, number * numbers);
        if (!isView(result, taken)) engine.release(result);
      }
      onFraction((number + 1) / batch.count);
    }
  }
  return Object.fromEntries(outputs.map(({ name, array }) => [name, array]));
}

const ruleInStack = (rule: InputRule): InputRule => ({
  ...rule,
  description: `${rule.description}; leading axes make a stack, and broadcast`,
  rank: { min: typeof rule.rank === "number" ? rule.rank : rule.rank.min },
});

/**
 * An operation on one matrix as one on stacks of them, by NumPy's gufunc rules: leading axes of the inputs broadcast,
 * and every output has them.
 * @param ranks how many of each input's last axes make one matrix
 */
export function stacked(operation: Operation, ranks: CoreRanks): Operation {
  const inputs = Object.fromEntries(
    Object.entries(operation.inputs).map(([name, rule]) => [name, ruleInStack(rule)]),
  );
  return {
    ...operation,
    inputs,
    plan: (params, specs) => planStack(operation, params, specs, ranks),
    run: (params, arrays, engine) => runStack(operation, params, arrays, engine, ranks),
  };
}
