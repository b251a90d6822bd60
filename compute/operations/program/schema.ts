import { nonFiniteNames } from "@sluice/contract/array";
import * as z from "zod";

/** Steps of one program. Each is planned on its own: the bound keeps submit quick. */
const mostSteps = 100;
/** Outputs of one program: each is an object in the bucket, and a line of the job's record and view. */
const mostOutputs = 32;

const name = () =>
  z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/, {
    error: "a name of letters, digits and _, beginning with a letter",
  });
const value = () =>
  z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,31}(\.[A-Za-z][A-Za-z0-9_]{0,31})?$/, {
    error: "the name of an input or of an earlier step, or step.output",
  });
const real = () => z.union([z.number(), z.literal(nonFiniteNames)]);
/** Python's scalars: an int or a float by how it is written, a bool, an explicit float, a complex number. */
const scalar = () =>
  z.union([
    z.number(),
    z.boolean(),
    z.strictObject({ float: real() }),
    z.strictObject({ complex: z.tuple([real(), real()]) }),
  ]);
const argument = () =>
  z.union([value(), scalar()], {
    error:
      'the name of an input or of an earlier step, step.output, a number, true, false, {"float": x} or {"complex": [re, im]}',
  });

const programStep = () =>
  z.strictObject({
    as: name().describe("What later steps call its result; outputs of a step with several are as.u, as.s, …"),
    op: z.string().min(1).max(64).describe("An operation of the catalogue"),
    args: z
      .union([z.array(argument()), z.record(name(), argument())], {
        error: "a list of values, or an object with a value for each input's name",
      })
      .describe(
        "Values for the operation's inputs, in its order or by name; numbers, true and false are Python's scalars: they take the dtype of the arrays beside them",
      ),
    params: z.record(z.string(), z.unknown()).default({}),
  });

export const programParams = () =>
  z.strictObject({
    steps: z
      .array(programStep())
      .min(1, { error: "at least one step" })
      .max(mostSteps, { error: `at most ${mostSteps} steps` })
      .describe(
        "Each {as, op, args, params?}: an operation over inputs, values of earlier steps and numbers",
      ),
    outputs: z
      .record(z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, { error: "an output name such as result" }), value())
      .refine((named) => Object.keys(named).length <= mostOutputs, {
        error: `at most ${mostOutputs} outputs`,
      })
      .optional()
      .describe("Which values become outputs, by name; those of the last step when absent"),
  });

export type ProgramStep = z.output<ReturnType<typeof programStep>>;
export type ProgramParams = z.output<ReturnType<typeof programParams>>;
