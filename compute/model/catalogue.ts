import * as z from "zod";
import type { VariadicRule } from "../operations/variadic.ts";
import { acceptedDtypes } from "./dtypes/conversions.ts";
import type { InputRule } from "./operation.ts";
import { operations } from "./registry.ts";

export interface CatalogueEntry {
  readonly name: string;
  /** Other names under which a job may ask for it. */
  readonly aliases?: readonly string[];
  /** Operations of one family differ in the function of an element alone. */
  readonly family?: string;
  readonly summary: string;
  readonly inputs: Readonly<Record<string, InputRule>>;
  /** Takes inputs of any names and shapes: what they are for. */
  readonly anyInputs?: string;
  /** Takes as many more inputs as the caller has, x0, x1, …, all by this rule. */
  readonly variadic?: VariadicRule;
  readonly outputs: Readonly<Record<string, string>>;
  /** Answers as many outputs as its params and inputs say, y0, y1, …: what they are. */
  readonly listedOutputs?: string;
  /** JSON Schema (draft 2020-12) of `params`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Where it answers otherwise than NumPy, a sentence each. */
  readonly differences?: readonly string[];
  /** A submit body that runs as it stands. */
  readonly example: Readonly<Record<string, unknown>>;
}

const accepting = <Rule extends InputRule>(rule: Rule): Rule => ({
  ...rule,
  dtypes: acceptedDtypes(rule.dtypes),
});

/** What GET /operations answers: plain JSON, the default operation first. */
export function catalogue(): CatalogueEntry[] {
  return operations.map((operation) => {
    const { name, aliases, family, summary, inputs, variadic, anyInputs, outputs, listedOutputs } = operation;
    const { params, differences, example } = operation;
    return {
      name,
      ...(aliases && { aliases }),
      ...(family !== undefined && { family }),
      summary,
      inputs: Object.fromEntries(Object.entries(inputs).map(([input, rule]) => [input, accepting(rule)])),
      ...(variadic && { variadic: accepting(variadic) }),
      ...(anyInputs !== undefined && { anyInputs }),
      outputs,
      ...(listedOutputs !== undefined && { listedOutputs }),
      params: z.toJSONSchema(params(), { io: "input" }),
      ...(differences && { differences }),
      example,
    };
  });
}
