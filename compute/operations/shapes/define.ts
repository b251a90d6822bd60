import { type ArraySpec, byteLength, type DenseArray, dtypes, elementCount } from "@sluice/contract/array";
import type * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { cast } from "../../loops/casts/cast.ts";
import { copyBetween, copyCosts, type Placement } from "../../loops/rearrange/copy-between.ts";
import { fillWith } from "../../loops/rearrange/fill.ts";
import { bytesOf, type Conversion, changed, conversionSteps } from "../../model/dtypes/conversions.ts";
import {
  type Arrays,
  defineOperation,
  type InputRule,
  type Operation,
  type Specs,
} from "../../model/operation.ts";
import { type Work, whileHolding } from "../../model/steps.ts";
import type { VariadicRule } from "../variadic.ts";

/** Elements of an input that are copied to places of an output. */
export interface Placed extends Placement {
  readonly input: string;
  readonly output: string;
}

/** Where every element of the outputs comes from. */
export interface Layout {
  readonly outputs: Specs;
  readonly placed: readonly Placed[];
  /** What stands where nothing is placed; absent where something is placed everywhere. */
  readonly fill?: number;
}

interface Rearrangement<Schema extends z.ZodObject> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly inputs: Readonly<Record<string, InputRule>>;
  readonly variadic?: VariadicRule;
  readonly outputs: Readonly<Record<string, string>>;
  readonly listedOutputs?: string;
  readonly params: () => Schema;
  readonly differences?: readonly string[];
  readonly example: Readonly<Record<string, unknown>>;
  /** @throws Problem for params or shapes that do not fit */
  layout(params: z.output<Schema>, inputs: Specs): Layout;
}

/** An array of any dtype and shape that is copied and never calculated with. */
export const anyArray = (description = "any shape", least = 0): InputRule => ({
  description,
  rank: { min: least },
  dtypes,
});

/** Inputs of another dtype than the outputs that they go to. */
function conversionsOf({ outputs, placed }: Layout, inputs: Specs): Conversion[] {
  const found = new Map<string, Conversion>();
  for (const { input, output } of placed) {
    const [from, { dtype }] = [inputs[input], outputs[output]];
    if (from.dtype !== dtype) found.set(input, { name: input, from, to: { shape: from.shape, dtype } });
  }
  return [...found.values()];
}

/** Cache lines that are read and written, and how often a copy begins anew. */
function copyStep({ outputs, placed, fill }: Layout): Work {
  const specs = Object.values(outputs);
  const written = specs.reduce((bytes, spec) => bytes + byteLength(spec), 0);
  const costs = placed.map((one) => copyCosts(one, elementBytes(outputs[one.output])));
  return {
    kernel: "rearrange",
    size: Math.max(
      1,
      specs.reduce((size, { shape }) => size + elementCount(shape), 0),
    ),
    flops: 0,
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, fill === undefined ? 0 : written),
    lines: { kind: "plane", count: costs.reduce((sum, { planes }) => sum + planes, 1) },
  };
}

const elementBytes = ({ dtype }: ArraySpec): number => byteLength({ shape: [], dtype });

function runLayout(layout: Layout, inputs: Arrays, engine: Engine): Arrays {
  const converted = conversionsOf(layout, inputs).map(({ name, to }): [string, DenseArray] => [
    name,
    cast(inputs[name], engine.array(to), engine.nextStep()),
  ]);
  const sources: Arrays = { ...inputs, ...Object.fromEntries(converted) };
  const outputs = Object.fromEntries(
    Object.entries(layout.outputs).map(([name, spec]): [string, DenseArray] => [name, engine.array(spec)]),
  );
  const onFraction = engine.nextStep();
  const { fill } = layout;
  if (fill !== undefined) for (const array of Object.values(outputs)) fillWith(array, fill);
  for (const [index, placed] of layout.placed.entries()) {
    copyBetween(sources[placed.input], outputs[placed.output], placed, (fraction) =>
      onFraction((index + fraction) / layout.placed.length),
    );
  }
  onFraction(1);
  for (const [, array] of converted) engine.release(array);
  return outputs;
}

/** An operation whose outputs are elements of its inputs in other places: one copy, whatever is asked for. */
export function defineRearrangement<Schema extends z.ZodObject>(
  rearrangement: Rearrangement<Schema>,
): Operation {
  const { layout, ...described } = rearrangement;
  return defineOperation({
    ...described,
    plan(params, specs) {
      const inputs: Specs = specs;
      const arranged = layout(params, inputs);
      const conversions = conversionsOf(arranged, inputs);
      const alive = [
        ...Object.values(inputs),
        ...Object.values(changed(conversions)),
        ...Object.values(arranged.outputs),
      ];
      return {
        params,
        outputs: arranged.outputs,
        steps: [
          ...conversionSteps(conversions, bytesOf(Object.values(inputs))),
          ...whileHolding(alive, [copyStep(arranged)]),
        ],
      };
    },
    run: (params, inputs: Arrays, engine) => runLayout(layout(params, inputs), inputs, engine),
  });
}
