import { completeParams, type Plan, plan } from "@sluice/compute";
import type { ArraySpec, DenseArray, Dtype } from "@sluice/contract/array";
import { arrayFromJson } from "@sluice/contract/array-json";
import type { Route } from "@sluice/contract/job";
import { dataBytes, decodeNpy, npyHeader } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import type { ArrayRef, PlanArrayRef, PlanBody, SubmitBody } from "@sluice/contract/submit";
import { route } from "../cost/route.ts";
import { freshSeed, isRandomId } from "../ids.ts";
import type { Ports } from "../ports.ts";
import { asInput, type InputRef, type Job } from "../record.ts";
import type { Settings } from "../settings.ts";
import { requireRecordFits } from "./largest-record.ts";
import { uploadedInput } from "./uploads.ts";

/** An input as the request brought it. `bytes` are a `.npy` file in parts, so that nothing is copied. */
export type PreparedInput =
  | {
      readonly kind: "bytes";
      readonly spec: ArraySpec;
      readonly parts: readonly Uint8Array[];
      readonly array: DenseArray;
    }
  | { readonly kind: "ref"; readonly ref: InputRef }
  | { readonly kind: "spec"; readonly spec: ArraySpec };

/** A submit body, checked: all that a job needs to know of itself before it is stored. */
export interface PreparedJob {
  readonly owner: string;
  readonly operation: string;
  readonly params: Record<string, unknown>;
  readonly inputs: Readonly<Record<string, PreparedInput>>;
  readonly plan: Plan;
  readonly route: Route;
  readonly requestedTarget: Job["requestedTarget"];
  readonly maxSeconds: number;
  readonly labels: Record<string, string>;
}

interface PreparePorts {
  readonly store: Pick<Ports["store"], "get">;
  readonly uploads: Pick<Ports["uploads"], "look">;
  readonly settings: Settings;
}

/**
 * Turns a body into checked arrays, a plan and a route: everything that can be wrong with a request is
 * found here, before anything is stored. Submit, plans and the direct function share it.
 *
 * @throws Problem for whatever the caller got wrong
 */
export async function prepare(
  body: SubmitBody | PlanBody,
  owner: string,
  { store, uploads, settings }: PreparePorts,
): Promise<PreparedJob> {
  const inputs: Record<string, PreparedInput> = {};
  for (const [name, ref] of Object.entries(body.inputs as Record<string, PlanArrayRef>)) {
    inputs[name] = await prepareInput(ref, `inputs.${name}`, owner, { store, uploads });
  }
  if (body.dataMatrix !== undefined) {
    if (inputs.a) {
      throw new Problem("invalid-field", "dataMatrix is short for inputs.a: give one of the two, not both", {
        field: "dataMatrix",
      });
    }
    inputs.a = fromJson(body.dataMatrix, "dataMatrix");
  }
  const params = completeParams(body.operation, body.params, freshSeed);
  const specs = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, specOf(input)]));
  const planned = plan(body.operation, params, specs);
  const routed = route(planned, body.target, settings);
  const maxSeconds = checkedMaxSeconds(body.maxSeconds, settings);
  requireInTime(routed, maxSeconds);
  requireRecordFits({
    ...{ owner, operation: planned.operation, params: planned.params, labels: body.labels },
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, recordedOf(input)])),
    outputSpecs: planned.outputs,
  });
  return {
    owner,
    operation: planned.operation,
    params: planned.params,
    inputs,
    plan: planned,
    route: routed,
    requestedTarget: body.target,
    maxSeconds,
    labels: body.labels,
  };
}

function specOf(input: PreparedInput): ArraySpec {
  const { shape, dtype } = input.kind === "ref" ? input.ref : input.spec;
  return { shape, dtype };
}

/** What the record will hold of it, where that is known by now: `bytes` get their key when they are stored. */
function recordedOf(input: PreparedInput): ArraySpec | InputRef {
  return input.kind === "ref" ? input.ref : specOf(input);
}

function checkedMaxSeconds(asked: number | undefined, settings: Settings): number {
  if (asked === undefined) return settings.maxSeconds;
  if (asked <= settings.maxSeconds) return asked;
  throw new Problem("invalid-field", `maxSeconds: expected at most ${settings.maxSeconds}, got ${asked}`, {
    field: "maxSeconds",
    expected: `at most ${settings.maxSeconds}`,
    got: String(asked),
  });
}

/** Predictions are right within a factor of two: a job beyond that can only end in its deadline. */
function requireInTime({ estimate: { seconds } }: Route, maxSeconds: number): void {
  if (seconds <= 2 * maxSeconds) return;
  const expected = `at most ${maxSeconds} s`;
  const got = `${Math.ceil(seconds)} s`;
  throw new Problem("cannot-fit", `the job would pass its deadline: expected ${expected}, predicted ${got}`, {
    field: "maxSeconds",
    expected,
    got,
  });
}

async function prepareInput(
  ref: ArrayRef | PlanArrayRef,
  field: string,
  owner: string,
  { store, uploads }: Omit<PreparePorts, "settings">,
): Promise<PreparedInput> {
  if ("data" in ref) return fromJson(ref.data, `${field}.data`, ref.dtype);
  if ("npy" in ref) {
    const bytes = typeof ref.npy === "string" ? bytesFromBase64(ref.npy, `${field}.npy`) : ref.npy;
    return fromNpy(bytes, `${field}.npy`);
  }
  if ("random" in ref) {
    const { shape, seed, dtype } = ref.random;
    return { kind: "ref", ref: { shape, dtype, seed } };
  }
  if ("job" in ref) return { kind: "ref", ref: await outputOf(ref, field, owner, store) };
  if ("upload" in ref) return { kind: "ref", ref: await uploadedInput(ref.upload, field, owner, uploads) };
  return { kind: "spec", spec: ref };
}

function fromJson(value: unknown, field: string, dtype?: Dtype): PreparedInput {
  const array = arrayFromJson(value, field, dtype);
  return { kind: "bytes", spec: array, parts: [npyHeader(array), dataBytes(array)], array };
}

/** Checks a whole `.npy` file; its bytes are stored as they came. */
function fromNpy(bytes: Uint8Array, field: string): PreparedInput {
  try {
    const array = decodeNpy(bytes);
    return { kind: "bytes", spec: array, parts: [bytes], array };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.code, `${field}: ${error.message}`, { field, ...error.place });
  }
}

function bytesFromBase64(text: string, field: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new Problem("invalid-npy", `${field}: expected base64 of a .npy file`, {
      field,
      expected: "base64",
    });
  }
  return Buffer.from(text, "base64");
}

/** The output of an earlier job of the same owner: where that job left it, or, until it has, as its plan promises it. */
async function outputOf(
  { job: jobId, output }: { job: string; output: string },
  field: string,
  owner: string,
  store: Pick<Ports["store"], "get">,
): Promise<InputRef> {
  const job = isRandomId(jobId) ? await store.get(jobId) : undefined;
  if (job?.owner !== owner) throw notFound(`no job ${jobId} of yours exists`, `${field}.job`);
  if (job.status === "FAILED" || job.status === "CANCELLED")
    throw notFound(`job ${jobId} is ${job.status} and has no outputs`, `${field}.job`);
  const promised = Object.hasOwn(job.outputSpecs, output) ? job.outputSpecs[output] : undefined;
  if (!promised) throw notFound(`job ${jobId} has no output ${output}`, `${field}.output`);
  if (job.status !== "COMPLETED") return { shape: promised.shape, dtype: promised.dtype, job: jobId, output };
  const found = job.outputs?.[output];
  if (!found) throw new Error(`job ${jobId} is COMPLETED without its output ${output}`);
  return asInput(found);
}

function notFound(detail: string, field: string): Problem {
  return new Problem("input-not-found", `${field}: ${detail}`, { field });
}
