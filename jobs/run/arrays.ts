import type { Operands } from "@sluice/compute";
import type { JsonText } from "@sluice/compute/json/json-text";
import { arrayText } from "@sluice/compute/json/write-array";
import { type ArraySpec, byteLength, type DenseArray } from "@sluice/contract/array";
import { leastJsonLength } from "@sluice/contract/array-json";
import { type Allocate, dataBytes, encodeNpy, npyHeader, receiveNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { filesBytes, outputsInRecord } from "../cost/place.ts";
import { ObjectChanged, ObjectMissing, type ObjectStore, type Ports } from "../ports.ts";
import {
  type InputRef,
  isAwaitedInput,
  isRecorded,
  isStored,
  isUsedInput,
  type Job,
  type OutputRef,
  type RecordedArray,
  type StoredInput,
  type StoredOutput,
} from "../record.ts";

/** Arrays in and out of S3, and small ones in and out of the record. All bytes travel as `.npy`. */

interface Reading {
  readonly signal?: AbortSignal;
  /** Memory for the array; of one thread's own when absent. */
  readonly allocate?: Allocate | undefined;
}

/** For arrays that several threads work on: no thread copies it, and it outlives each of them. */
export const shared: Allocate = (bytes) => new SharedArrayBuffer(bytes);

/** @throws Problem `invalid-npy` when the file holds another array than is on record */
function readArray(
  stored: StoredInput,
  objects: Pick<ObjectStore, "get">,
  { signal, allocate }: Reading = {},
) {
  const { key, offset, length, etag } = stored;
  const open = (head: Uint8Array) => {
    const incoming = receiveNpy(head, length, allocate);
    requireSame(stored, incoming.array);
    return incoming;
  };
  return objects.get(key, { offset, length }, open, { etag, signal }).then(({ array }) => array);
}

/** The array of a file that is at hand, in memory of its own: a thread takes its arrays along. */
function readRecorded(recorded: RecordedArray, allocate?: Allocate): DenseArray {
  const { npy } = recorded;
  const { array, write } = receiveNpy(npy, npy.byteLength, allocate);
  requireSame(recorded, array);
  write(npy, 0);
  return array;
}

function requireSame(onRecord: ArraySpec, inFile: ArraySpec): void {
  const words = ({ shape, dtype }: ArraySpec) => `${dtype} of shape (${shape.join(", ")})`;
  const [expected, got] = [words(onRecord), words(inFile)];
  if (expected === got) return;
  const detail = `The .npy file must hold ${expected}, as on record, not ${got}.`;
  throw new Problem("invalid-npy", detail, { expected, got });
}

/**
 * The array behind an input, each byte received straight into its place; a random one stays a request until
 * the computation makes it.
 *
 * @throws Problem `input-not-found` when the data has expired, `input-changed` when a pinned file was replaced
 */
export async function readInput(
  name: string,
  input: InputRef,
  objects: Pick<ObjectStore, "get">,
  reading?: Reading,
): Promise<Operands[string]> {
  if (isAwaitedInput(input)) throw new Error(`input ${name} is yet to be made by job ${input.job}`);
  if (isUsedInput(input)) throw new Error(`input ${name} was not kept: its job was computed at once`);
  if (isRecorded(input)) return readRecorded(input, reading?.allocate);
  if (!isStored(input)) return input;
  try {
    return await readArray(input, objects, reading);
  } catch (error) {
    const field = `inputs.${name}`;
    if (error instanceof ObjectMissing)
      throw new Problem("input-not-found", `the data of input ${name} has expired`, { field });
    // Without an ETag on record only this service writes the object, so a new attempt may read it whole.
    if (error instanceof ObjectChanged && input.etag !== undefined)
      throw new Problem("input-changed", `the data of input ${name} was replaced after submit`, { field });
    throw error;
  }
}

/** Reads that are under way already, by the name of their input. */
interface Early {
  take(name: string, input: InputRef): Promise<Operands[string]> | undefined;
}

/** All inputs of a job, side by side. @throws as `readInput`, or the signal's reason */
export async function readInputs(
  job: Job,
  objects: Pick<ObjectStore, "get">,
  reading: Reading & { readonly signal: AbortSignal; readonly early?: Early },
): Promise<Operands> {
  const read = (name: string, input: InputRef) =>
    reading.early?.take(name, input) ?? readInput(name, input, objects, reading);
  const entries = await Promise.all(
    Object.entries(job.inputs).map(async ([name, input]) => [name, await read(name, input)] as const),
  );
  reading.signal.throwIfAborted();
  return Object.fromEntries(entries);
}

/**
 * Outputs for the record to hold, where that is cheaper. Else writes them all, side by side, under keys of their
 * writer's own; the record then names the ones that count.
 *
 * @param part differs between any two writers of one job: the dispatch, for whoever holds it
 */
export async function writeOutputs(
  jobId: string,
  part: string,
  results: Record<string, DenseArray>,
  {
    objects,
    settings,
  }: {
    readonly objects: Pick<ObjectStore, "put">;
    readonly settings: Pick<Ports["settings"], "recordArrays">;
  },
  signal?: AbortSignal,
): Promise<Record<string, OutputRef>> {
  if (settings.recordArrays && outputsInRecord(filesBytes(results))) {
    const recorded = Object.entries(results).map(([name, array]) => {
      const { shape, dtype } = array;
      return [name, { shape, dtype, npy: encodeNpy(array) }] as const;
    });
    return Object.fromEntries(recorded);
  }
  const written = Object.entries(results).map(async ([name, array]): Promise<[string, OutputRef]> => {
    const key = `jobs/${jobId}/out/${part}/${name}.npy`;
    const header = npyHeader(array);
    const bytes = header.byteLength + byteLength(array);
    await objects.put(key, [header, dataBytes(array)], signal);
    return [name, { shape: array.shape, dtype: array.dtype, key, bytes }];
  });
  return Object.fromEntries(await Promise.all(written));
}

/** @throws Problem `expired` when the bucket's lifecycle has removed it */
export async function readOutput(output: OutputRef, objects: Pick<ObjectStore, "get">): Promise<DenseArray> {
  if (isRecorded(output)) return readRecorded(output);
  try {
    return await readArray({ ...output, offset: 0, length: output.bytes }, objects);
  } catch (error) {
    if (!(error instanceof ObjectMissing)) throw error;
    throw new Problem("expired", "the result of this job has expired");
  }
}

/** A presigned link to an output, saved under the job's name. */
export function outputLink(
  { jobId }: Job,
  name: string,
  { key }: StoredOutput,
  objects: Pick<ObjectStore, "link">,
): Promise<string> {
  return objects.link(key, `${jobId}-${name}.npy`);
}

/** An array as JSON text, if that fits. @see jsonWithin */
export function textWithin(array: DenseArray, limit: number): JsonText | undefined {
  return leastJsonLength(array) > limit ? undefined : arrayText(array, limit);
}

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
  if (leastJsonLength(output) > limit) return undefined;
  return arrayText(await readOutput(output, objects), limit);
}
