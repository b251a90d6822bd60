import { random } from "@sluice/compute";
import { byteLength, type DenseArray } from "@sluice/contract/array";
import { dataBytes, decodeNpy, npyHeader } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { ObjectMissing, type ObjectStore } from "./ports.ts";
import { isStored, type Job, type OutputRef } from "./record.ts";

/** Arrays in and out of S3. All bytes travel as `.npy`. */

/** @throws Problem `input-not-found` when an input has expired */
export async function readInputs(
  job: Job,
  objects: Pick<ObjectStore, "get">,
  signal: AbortSignal,
): Promise<Record<string, DenseArray>> {
  const entries = await Promise.all(
    Object.entries(job.inputs).map(async ([name, input]): Promise<[string, DenseArray]> => {
      if (!isStored(input)) return [name, random(input)];
      try {
        return [
          name,
          decodeNpy(await objects.get(input.key, { offset: input.offset, length: input.length })),
        ];
      } catch (error) {
        if (!(error instanceof ObjectMissing)) throw error;
        throw new Problem("input-not-found", `the data of input ${name} has expired`, {
          field: `inputs.${name}`,
        });
      }
    }),
  );
  signal.throwIfAborted();
  return Object.fromEntries(entries);
}

/** Writes every output under this dispatch's own keys; finish then names the ones that count. */
export async function writeOutputs(
  job: Job,
  results: Record<string, DenseArray>,
  objects: Pick<ObjectStore, "put">,
): Promise<Record<string, OutputRef>> {
  const outputs: Record<string, OutputRef> = {};
  for (const [name, array] of Object.entries(results)) {
    const key = `jobs/${job.jobId}/out/${job.dispatch}/${name}.npy`;
    const header = npyHeader(array);
    const bytes = header.byteLength + byteLength(array);
    await objects.put(key, [header, dataBytes(array)]);
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

/** A number takes at least two characters in JSON: below this many bytes there is no use in trying. */
export function mayFitJson({ shape, dtype, bytes }: OutputRef, limit: number): boolean {
  const width = dtype === "float32" ? 4 : 8;
  return (bytes / width) * 2 <= limit + shape.length;
}

/**
 * Bytes of a value as JSON inside Lambda's own JSON answer, where each quote takes two: a result of nothing
 * but "NaN" would else pass our cap and break Lambda's of 6 MB.
 */
export function jsonLength(value: unknown): number {
  const text = JSON.stringify(value);
  return text.length + (text.split('"').length - 1);
}
