import type { ArrayOf, ArraySpec, DenseArray, Dtype } from "@sluice/contract/array";
import type { z } from "zod";
import type { Engine, RandomRequest } from "../engines/engine.ts";
import type { VariadicRule } from "../operations/variadic.ts";
import { convertingInputs } from "./dtypes/conversions.ts";
import type { PlanStep } from "./steps.ts";

export type Specs = Record<string, ArraySpec>;
export type Arrays = Record<string, DenseArray>;

/** An array that is cheaper to make than to send: `numpy.random.default_rng(seed).random(shape, dtype)`. */
export type RandomArray = RandomRequest & ArraySpec;

export type Operands = Record<string, DenseArray | RandomArray>;

/** What an operation says of one input: checked by `plan()`, shown in the catalogue. */
export interface InputRule<Computed extends Dtype = Dtype> {
  readonly description: string;
  /** A number is exact; `{ min }` alone allows any number of axes from there on. */
  readonly rank: number | { readonly min: number; readonly max?: number };
  /** What the operation computes itself. Others that promote to one of these safely are converted first: conversions.ts. */
  readonly dtypes: readonly Computed[];
  /** False for an input that has no say in the dtype of the result, as the condition of `where`. */
  readonly promotes?: boolean;
}

/** What an operation works out once its params and inputs are known to be of the right kind. */
export interface OperationPlan<Params = Record<string, unknown>> {
  /** The params with everything the shapes decide filled in. */
  readonly params: Params;
  readonly outputs: Specs;
  /** In the order in which `run` does them. */
  readonly steps: readonly PlanStep[];
}

/** One named numeric function. Adding one is a file in a folder of operations/ and a line in that folder's index.ts. */
export interface Operation {
  readonly name: string;
  /** Other names under which it is found: those of the Array API standard, and NumPy's own second ones. */
  readonly aliases?: readonly string[];
  /** What it is planned and run like, where it is a line of a table: others of its family differ in a loop alone. */
  readonly family?: string;
  readonly summary: string;
  readonly inputs: Readonly<Record<string, InputRule>>;
  /** Takes as many more inputs as the caller has, x0, x1, …, all by this rule. */
  readonly variadic?: VariadicRule;
  /** Takes inputs of any names and shapes instead, and checks them itself: what they are for. */
  readonly anyInputs?: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Answers as many outputs as its params and inputs say, y0, y1, …: what they are. */
  readonly listedOutputs?: string;
  /** Its schema, built when the operation is first asked for: a cold start pays for no other's. */
  readonly params: () => z.ZodObject;
  /** Where it answers otherwise than the NumPy function it is named after, a sentence each. */
  readonly differences?: readonly string[];
  /** A submit body that runs as it stands. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Times its predicted seconds that the values of its inputs, which no plan knows, can make it take. 1 when absent. */
  readonly mostTimes?: number;
  plan(params: unknown, inputs: Specs): OperationPlan;
  run(params: unknown, inputs: Arrays, engine: Engine): Arrays;
}

type ComputedBy<Rule> = Rule extends InputRule<infer Computed> ? Computed : never;
type SpecsOf<Inputs> = { readonly [Name in keyof Inputs]: ArraySpec<ComputedBy<Inputs[Name]>> };
type ArraysOf<Inputs> = { readonly [Name in keyof Inputs]: ArrayOf<ComputedBy<Inputs[Name]>> };

interface Definition<Schema extends z.ZodObject, Inputs extends Record<string, InputRule>> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family?: string;
  readonly summary: string;
  readonly inputs: Inputs;
  readonly variadic?: VariadicRule;
  readonly outputs: Readonly<Record<string, string>>;
  readonly listedOutputs?: string;
  readonly params: () => Schema;
  readonly differences?: readonly string[];
  readonly example: Readonly<Record<string, unknown>>;
  readonly mostTimes?: number;
  plan(params: z.output<Schema>, inputs: SpecsOf<Inputs>): OperationPlan<z.output<Schema>>;
  run(params: z.output<Schema>, inputs: ArraysOf<Inputs>, engine: Engine): Arrays;
}

/**
 * Lets an operation be written against its own params and inputs; the registry needs neither type. Inputs of other
 * dtypes than it computes are converted before it sees them.
 */
export function defineOperation<Schema extends z.ZodObject, Inputs extends Record<string, InputRule>>(
  definition: Definition<Schema, Inputs>,
): Operation {
  // Sound because plan.ts parses params by this schema and checks inputs by these rules first.
  const own = { ...definition, params: once(definition.params) } as unknown as Operation;
  return convertingInputs(own);
}

/** Makes a value when it is first asked for, and keeps it. */
export function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
