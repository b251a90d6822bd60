import { type ArraySpec, byteLength } from "@sluice/contract/array";
import { arrayToCsv, hasCsv, leastCsvLength } from "@sluice/contract/csv";
import { type ResultType, type ResultView, resultTypes } from "@sluice/contract/job";
import { maxJsonResultBytes, maxNpzResultBytes } from "@sluice/contract/limits";
import { encodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import type { Ports } from "../ports.ts";
import { isRecorded, type Job, type OutputRef, type StoredOutput } from "../record.ts";
import { jsonWithin, outputLink, readOutput } from "../run/arrays.ts";
import { zipOf } from "./zip.ts";

export type Result =
  | { readonly type: "application/json"; readonly view: ResultView }
  | { readonly type: "application/x-npy"; readonly url: string }
  | { readonly type: "application/x-npy"; readonly bytes: Uint8Array }
  | { readonly type: "text/csv"; readonly text: string }
  | { readonly type: "application/zip"; readonly bytes: Uint8Array };

type ResultPorts = Pick<Ports, "objects">;
type Objects = Ports["objects"];

/**
 * The result of a COMPLETED job in the first of the accepted types that it can be given in: one output as JSON, as
 * CSV, or as its `.npy`, to which there is a link unless the record holds it; or all of them as an `.npz`.
 *
 * @throws Problem `not-finished`, `failed`, `cancelled`, `output-not-found` or `expired`; `result-too-large` or
 * `not-acceptable` when it can be given in none, about the first of them
 */
export async function resultOf(
  job: Job,
  name: string,
  accepted: readonly ResultType[],
  { objects }: ResultPorts,
): Promise<Result> {
  const outputs = outputsOf(job);
  let signed: Promise<string> | undefined;
  const link = (output: StoredOutput) => {
    signed ??= outputLink(job, name, output, objects);
    return signed;
  };
  let refusal: Problem | undefined;
  for (const type of accepted) {
    try {
      if (type === "application/zip") return { type, bytes: await npzOf(job, outputs, objects) };
      return await oneOutput(type, name, named(outputs, name), link, objects);
    } catch (error) {
      if (!(error instanceof Problem) || !aboutTheForm.has(error.code)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? new Problem("not-acceptable", `accept: expected one of ${resultTypes.join(", ")}`);
}

/** Another form may do. */
const aboutTheForm = new Set<Problem["code"]>(["result-too-large", "not-acceptable"]);

/** What is known of an output without reading it. @throws as `resultOf` */
export async function resultHead(
  job: Job,
  name: string,
  { objects }: ResultPorts,
): Promise<ArraySpec & { readonly bytes: number }> {
  const output = named(outputsOf(job), name);
  const { shape, dtype } = output;
  if (isRecorded(output)) return { shape, dtype, bytes: output.npy.byteLength };
  if (!(await objects.exists(output.key))) throw new Problem("expired", "the result of this job has expired");
  return { shape, dtype, bytes: output.bytes };
}

async function oneOutput(
  type: Exclude<ResultType, "application/zip">,
  name: string,
  output: OutputRef,
  link: (output: StoredOutput) => Promise<string>,
  objects: Objects,
): Promise<Result> {
  const tooLarge = async (what: string) => {
    const detail = `the result is more than ${maxJsonResultBytes} bytes of ${what}; fetch the .npy at url instead`;
    return new Problem("result-too-large", detail, {
      expected: "Accept: application/x-npy",
      // The record holds none that is too large for any form.
      ...(isRecorded(output) ? {} : { url: await link(output) }),
    });
  };
  switch (type) {
    case "application/x-npy":
      if (isRecorded(output)) return { type, bytes: output.npy };
      return { type, url: await link(output) };
    case "text/csv": {
      if (!hasCsv(output)) throw notATable(name, output);
      const text = await csvWithin(output, maxJsonResultBytes, objects);
      if (text === undefined) throw await tooLarge("CSV");
      return { type, text };
    }
    case "application/json": {
      const json = await jsonWithin(output, maxJsonResultBytes, objects);
      if (!json) throw await tooLarge("JSON");
      return { type, view: { result: json, shape: output.shape, dtype: output.dtype } };
    }
  }
}

/** As CSV, if that takes at most `limit` bytes; a line's end is two of them in Lambda's own JSON answer. */
async function csvWithin(output: OutputRef, limit: number, objects: Objects): Promise<string | undefined> {
  if (leastCsvLength(output) > limit) return undefined;
  const text = arrayToCsv(await readOutput(output, objects));
  return text.length + (output.shape[0] ?? 0) <= limit ? text : undefined;
}

function notATable(name: string, { shape, dtype }: ArraySpec): Problem {
  const expected = "application/json or application/x-npy";
  const detail = `accept: text/csv holds real arrays of 1 or 2 axes, and ${name} is ${dtype} of shape (${shape.join(", ")})`;
  return new Problem("not-acceptable", detail, { field: "accept", expected });
}

/** All outputs in one `.npz`, each under its name. */
async function npzOf(job: Job, outputs: Outputs, objects: Objects): Promise<Uint8Array> {
  const all = Object.entries(outputs);
  const bytes = all.reduce((sum, [, output]) => sum + byteLength(output), 0);
  if (bytes > maxNpzResultBytes) {
    const names = all.map(([name]) => name).join(", ");
    const detail = `the outputs (${names}) are more than ${maxNpzResultBytes} bytes together; fetch the .npy of each instead: the job at url has a link to it`;
    throw new Problem("result-too-large", detail, {
      expected: "Accept: application/x-npy, with ?output=",
      url: `/jobs/${job.jobId}`,
    });
  }
  const read = async ([name, output]: (typeof all)[number]) => ({
    name: `${name}.npy`,
    bytes: encodeNpy(await readOutput(output, objects)),
  });
  return zipOf(await Promise.all(all.map(read)));
}

type Outputs = Readonly<Record<string, OutputRef>>;

function named(outputs: Outputs, name: string): OutputRef {
  const output = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (output) return output;
  const names = Object.keys(outputs).join(", ");
  throw new Problem("output-not-found", `output: expected one of ${names}, got ${name}`, { field: "output" });
}

function outputsOf(job: Job): Outputs {
  switch (job.status) {
    case "FAILED":
      throw new Problem("failed", `job ${job.jobId} failed: ${job.error?.message ?? job.statusReason}`);
    case "CANCELLED":
      throw new Problem("cancelled", `job ${job.jobId} was cancelled`);
    case "COMPLETED":
      return job.outputs ?? {};
    default:
      throw new Problem("not-finished", `job ${job.jobId} is ${job.status}: ${job.statusReason}`);
  }
}
