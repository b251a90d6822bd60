import * as z from "zod";
import { dtypes } from "./array.ts";
import { targets } from "./job.ts";
import { maxInputs, maxLabelLength, maxLabels } from "./limits.ts";
import { paramsRecord, plainRecord } from "./plain-record.ts";
import { seedSchema } from "./random-seed.ts";

/** The body of `POST /jobs`. Array contents stay `unknown` here: array-json.ts and npy.ts check them. */

const extent = z.int("expected a whole number ≥ 0").min(0, "expected a whole number ≥ 0");
const shape = z.array(extent).max(8, "expected at most 8 dimensions");

const dataRef = z.strictObject({
  data: z.unknown().refine((data) => data !== undefined),
  /** What the numbers become; when absent bool where all are true or false, else float64 or complex128. */
  dtype: z.enum(dtypes).optional(),
});
const npyRef = z.strictObject({ npy: z.string("expected a base64 string") });
const uploadRef = z.strictObject({ upload: z.string().min(1).max(64) });
const jobRef = z.strictObject({
  job: z.string().min(1).max(64),
  output: z.string().min(1).max(64).default("result"),
});
const randomRef = z.strictObject({
  random: z.strictObject({
    shape,
    seed: seedSchema.default(0),
    dtype: z.enum(["float64", "float32"]).default("float64"),
  }),
});
/** Only `POST /plans` takes this one: a plan needs no data. */
const specRef = z.strictObject({ shape, dtype: z.enum(dtypes).default("float64") });

export type ArrayRef =
  | z.output<typeof dataRef>
  | z.output<typeof npyRef>
  /** The same from a raw body: never in JSON, so no schema. */
  | { npy: Uint8Array }
  | z.output<typeof uploadRef>
  | z.output<typeof jobRef>
  | z.output<typeof randomRef>;
export type PlanArrayRef = ArrayRef | z.output<typeof specRef>;

const refKinds = { data: dataRef, npy: npyRef, upload: uploadRef, job: jobRef, random: randomRef };

/** Picks the branch by the key that is there, so that errors speak of the ref the caller meant. */
function refSchema(kinds: Record<string, z.ZodType>, names: string) {
  return plainRecord(
    z.record(z.string(), z.unknown(), `expected an array ref: an object with ${names}`),
  ).transform((value, context) => {
    const kind = Object.keys(kinds).find((key) => key in value);
    const parsed = kind === undefined ? undefined : kinds[kind]?.safeParse(value);
    if (parsed?.success) return parsed.data;
    if (parsed)
      context.issues.push(...parsed.error.issues.map((issue) => ({ ...issue, input: value }) as never));
    else context.addIssue({ code: "custom", message: `expected an array ref: an object with ${names}` });
    return z.NEVER;
  });
}

const arrayRef = refSchema(refKinds, "data, npy, upload, job or random") as z.ZodType<ArrayRef>;
const planArrayRef = refSchema(
  { ...refKinds, shape: specRef },
  "data, npy, upload, job, random or shape",
) as z.ZodType<PlanArrayRef>;

const inputName = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "expected an input name such as a");

const inputsOf = <Ref extends z.ZodType>(ref: Ref) =>
  plainRecord(z.record(inputName, ref))
    .refine((all) => Object.keys(all).length <= maxInputs, `expected at most ${maxInputs} inputs`)
    .default({});

const labels = plainRecord(
  z.record(
    z.string().min(1).max(maxLabelLength, `expected a label name of at most ${maxLabelLength} characters`),
    z.string().max(maxLabelLength, `expected a label of at most ${maxLabelLength} characters`),
  ),
).refine((all) => Object.keys(all).length <= maxLabels, `expected at most ${maxLabels} labels`);

const common = {
  operation: z.string().min(1).max(64).default("spectral-projection"),
  params: paramsRecord.default({}),
  /** Shorthand for `inputs.a = {"data": …}`. */
  dataMatrix: z.unknown().optional(),
  target: z.enum(["auto", ...targets]).default("auto"),
  maxSeconds: z.int("expected a whole number of seconds").min(1, "expected at least 1 second").optional(),
  labels: labels.default({}),
};

export const submitBody = z.strictObject({ ...common, inputs: inputsOf(arrayRef) });
export const planBody = z.strictObject({ ...common, inputs: inputsOf(planArrayRef) });

export type SubmitBody = z.output<typeof submitBody>;
export type PlanBody = z.output<typeof planBody>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where a body, not yet checked, may hold the numbers of an array: the holder and its key. */
export function* arrayPlaces(body: unknown): Generator<readonly [Record<string, unknown>, string]> {
  if (!isObject(body)) return;
  const refs = isObject(body.inputs) ? Object.values(body.inputs).filter(isObject) : [];
  for (const [holder, key] of [[body, "dataMatrix"] as const, ...refs.map((ref) => [ref, "data"] as const)]) {
    yield [holder, key];
    const complex = holder[key];
    if (!isObject(complex)) continue;
    yield [complex, "re"];
    yield [complex, "im"];
  }
}
