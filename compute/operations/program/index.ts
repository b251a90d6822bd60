import { type ArraySpec, byteLength, type DenseArray, type FloatingArray } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { type Arrays, type Operation, once, type Specs } from "../../model/operation.ts";
import { emptySteps } from "../../model/spec-limits.ts";
import type { PlanStep } from "../../model/steps.ts";
import { type Fusions, fusionsOf } from "./fusion.ts";
import { lastUses } from "./lifetimes.ts";
import { type FindOperation, type ResolvedProgram, type ResolvedStep, resolveProgram } from "./resolve.ts";
import { type ProgramParams, programParams } from "./schema.ts";
import { scalarArray } from "./weak-scalar.ts";

/** All steps of all steps, each with everything that is alive meanwhile: what its own plan does not count, too. */
function stepsOf(program: ResolvedProgram, inputs: Specs): PlanStep[] {
  const dying = lastUses(program);
  const alive = new Map<string, ArraySpec>(Object.entries(inputs));
  return program.steps.flatMap(({ args, plan, values }, index) => {
    const own = new Set(Object.values(args));
    const beside = [...alive].filter(([name]) => !own.has(name));
    const bytes = beside.reduce((sum, [, spec]) => sum + byteLength(spec), 0);
    for (const [output, value] of Object.entries(values)) alive.set(value, plan.outputs[output]);
    for (const value of dying[index]) alive.delete(value);
    const steps = [...plan.steps, ...emptySteps(Object.values(plan.outputs))];
    return steps.map((step) => ({ ...step, live: step.live + bytes }));
  });
}

function runStep(
  { operation, args, scalars, plan }: ResolvedStep,
  index: number,
  values: ReadonlyMap<string, DenseArray>,
  fusions: Fusions,
  engine: Engine,
): Arrays {
  const constants: DenseArray[] = [];
  const inputs = Object.fromEntries(
    Object.entries(args).map(([name, arg]) => {
      if (typeof arg === "string") return [name, values.get(arg) as DenseArray];
      const made = scalarArray(arg, scalars[name].dtype, engine);
      constants.push(made);
      return [name, made];
    }),
  );
  const outputs = fusions.magnitudes.has(index)
    ? // Fused only where both are floating: see fusion.ts.
      { result: engine.absoluteFft2(inputs.a as FloatingArray) }
    : fusions.centrosymmetric.has(index)
      ? {
          result: engine.matmul(inputs.a as FloatingArray, inputs.b as FloatingArray, {
            centrosymmetric: true,
          }),
        }
      : operation.run(plan.params, inputs, engine);
  for (const array of constants) engine.release(array);
  return outputs;
}

/** Whether two values are one array: an operation may answer its input. */
const isSame = (one: DenseArray, other: DenseArray): boolean =>
  one.data.buffer === other.data.buffer && one.data.byteOffset === other.data.byteOffset;

function runProgram(program: ResolvedProgram, inputs: Arrays, engine: Engine): Arrays {
  const dying = lastUses(program);
  const fusions = fusionsOf(program);
  const values = new Map<string, DenseArray>(Object.entries(inputs));
  for (const [index, step] of program.steps.entries()) {
    if (fusions.absorbed.has(index)) {
      // The next step, its magnitude, reads what this one would have read: that lives on under this one's name.
      values.set(step.as, values.get(String(step.args.a)) as DenseArray);
      for (const value of dying[index]) values.delete(value);
      continue;
    }
    const made = runStep(step, index, values, fusions, engine);
    for (const [output, value] of Object.entries(step.values)) values.set(value, made[output]);
    for (const value of dying[index]) {
      const array = values.get(value) as DenseArray;
      values.delete(value);
      if (![...values.values()].some((other) => isSame(other, array))) engine.release(array);
    }
  }
  return Object.fromEntries(
    Object.entries(program.outputs).map(([name, value]) => [name, values.get(value) as DenseArray]),
  );
}

/**
 * Named steps of other operations as one job: planned as a whole, values given back as soon as no later step
 * needs them, nothing in between leaves the machine.
 * @param find the catalogue its steps are looked up in
 */
export const programOf = (find: FindOperation): Operation => ({
  name: "program",
  summary: "A formula of several operations as one job: named steps, each over inputs and earlier steps",
  inputs: {},
  anyInputs: "what the steps call by these names",
  outputs: { result: "what the last step gives, or the values that params.outputs names" },
  params: once(programParams),
  example: {
    operation: "program",
    params: {
      steps: [
        { as: "G", op: "matmul", args: ["a", "b"] },
        { as: "S", op: "multiply", args: ["G", 0.5] },
      ],
    },
    inputs: {
      a: {
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      b: {
        data: [
          [5, 6],
          [7, 8],
        ],
      },
    },
  },

  plan(params, inputs) {
    const program = resolveProgram(params as ProgramParams, inputs, find);
    const outputs = Object.fromEntries(
      Object.entries(program.outputs).map(([name, value]) => [name, program.specs.get(value) as ArraySpec]),
    );
    return { params: params as ProgramParams, outputs, steps: stepsOf(program, inputs) };
  },

  run: (params, inputs, engine) =>
    runProgram(resolveProgram(params as ProgramParams, inputs, find), inputs, engine),
});
