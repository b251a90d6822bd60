import * as z from "zod";
import { acceptedDtypes } from "./conversions.ts";
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
  readonly outputs: Readonly<Record<string, string>>;
  /** JSON Schema (draft 2020-12) of `params`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Where it answers otherwise than NumPy, a sentence each. */
  readonly differences?: readonly string[];
  /** A submit body that runs as it stands. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** What GET /operations answers: plain JSON, the default operation first. */
export function catalogue(): CatalogueEntry[] {
  return operations.map(
    ({ name, aliases, family, summary, inputs, anyInputs, outputs, params, differences, example }) => ({
      name,
      ...(aliases && { aliases }),
      ...(family !== undefined && { family }),
      summary,
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([input, rule]) => [
          input,
          { ...rule, dtypes: acceptedDtypes(rule.dtypes) },
        ]),
      ),
      ...(anyInputs !== undefined && { anyInputs }),
      outputs,
      params: z.toJSONSchema(params(), { io: "input" }),
      ...(differences && { differences }),
      example,
    }),
  );
}
