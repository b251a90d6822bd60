import type { Operands } from "@sluice/compute";
import type { JsonText } from "@sluice/compute/json/json-text";
import { arrayText } from "@sluice/compute/json/write-array";
import { byteLength, type DenseArray, elementCount } from "@sluice/contract/array";
import { dataBytes, decodeNpy, npyHeader } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { ObjectMissing, type ObjectStore } from "./ports.ts";
import { type InputRef, isStored, type Job, type OutputRef } from "./record.ts";

/** Arrays in and out of S3. All bytes travel as `.npy`. */

/**
 * The array behind an input; a random one stays a request until the computation makes it.
 *
 * @throws Problem `input-not-found` when the data has expired
 */
export async function readInput(
  name: string,
  input: InputRef,
  objects: Pick<ObjectStore, "get">,
  signal?: AbortSignal,
): Promise<Operands[string]> {
  if (!isStored(input)) return input;
  const { key, offset, length } = input;
  try {
    return decodeNpy(await objects.get(key, { offset, length }, signal));
  } catch (error) {
    if (!(error instanceof ObjectMissing)) throw error;
    throw new Problem("input-not-found", `the data of input ${name} has expired`, {
      field: `inputs.${name}`,
    });
  }
}

/** All inputs of a job, side by side. @throws as `readInput`, or the signal's reason */
export async function readInputs(
  job: Job,
  objects: Pick<ObjectStore, "get">,
  signal: AbortSignal,
): Promise<Operands> {
  const entries = await Promise.all(
    Object.entries(job.inputs).map(
      async ([name, input]) => [name, await readInput(name, input, objects, signal)] as const,
    ),
  );
  signal.throwIfAborted();
  return Object.fromEntries(entries);
}

/** Writes every output under this dispatch's own keys; finish then names the ones that count. */
export async function writeOutputs(
  job: Job,
  results: Record<string, DenseArray>,
  objects: Pick<ObjectStore, "put">,
  signal: AbortSignal,
): Promise<Record<string, OutputRef>> {
  const outputs: Record<string, OutputRef> = {};
  for (const [name, array] of Object.entries(results)) {
    const key = `jobs/${job.jobId}/out/${job.dispatch}/${name}.npy`;
    const header = npyHeader(array);
    const bytes = header.byteLength + byteLength(array);
    await objects.put(key, [header, dataBytes(array)], signal);
    outputs[name] = { shape: array.shape, dtype: array.dtype, key, bytes };
  }
  return outputs;
}

/** @throws Problem `expired` when the bucket's lifecycle has removed it */
export async function readOutput(output: OutputRef, objects: Pick<ObjectStore, "get">): Promise<DenseArray> {
  try {
    return decodeNpy(await objects.get(output.key));
  } catch (error) {
    if (!(error instanceof ObjectMissing)) throw error;
    throw new Problem("expired", "the result of this job has expired");
  }
}

/** A presigned link to an output, saved under the job's name. */
export function outputLink(
  { jobId }: Job,
  name: string,
  { key }: OutputRef,
  objects: Pick<ObjectStore, "link">,
): Promise<string> {
  return objects.link(key, `${jobId}-${name}.npy`);
}

/** A number and its comma take at least 2 characters. */
const leastJsonNumber = 2;

/**
 * An output as JSON text, if that takes at most `limit` bytes inside Lambda's own JSON answer, where each quote takes
 * two: a result of nothing but "NaN" would else pass our cap and break Lambda's of 6 MB.
 *
 * @throws Problem `expired`
 */
export async function jsonWithin(
  output: OutputRef,
  limit: number,
  objects: Pick<ObjectStore, "get">,
): Promise<JsonText | undefined> {
  const { shape, dtype } = output;
  const numbers = elementCount(shape) * (dtype === "complex128" ? 2 : 1);
  if (numbers * leastJsonNumber > limit + shape.length) return undefined;
  return arrayText(await readOutput(output, objects), limit);
}
