import type { ArraySpec } from "@sluice/contract/array";
import { statuses, targets } from "@sluice/contract/job";
import { maxBatchJobs, maxListedAttempts } from "@sluice/contract/limits";
import { npyBytes } from "@sluice/contract/npy";
import { Problem, type ProblemCode, problems } from "@sluice/contract/problem";
import { filesBytes, mostRecordedBytes } from "../cost/place.ts";
import { maxTextBytes } from "../lifecycle/bounded-text.ts";
import type { NewJob } from "../lifecycle/new-job.ts";
import {
  type Attempt,
  type InputRef,
  type Job,
  recordVersion,
  type StoredInput,
  type StoredOutput,
} from "../record.ts";
import { maxRecordBytes, recordBytes, valueBytes } from "../record-size.ts";
import { limits } from "../timing.ts";

/**
 * The largest that a job's record can become, known before it is stored. What the caller sent is counted as it is;
 * everything that is written later is counted at its longest: outputs, error, reasons, dependents, a full list of
 * attempts.
 */

/** What a submit decides about the size of the record. `inputs` may be bare specs: a plan has no more. */
export interface Submitted extends Pick<NewJob, "owner" | "operation" | "params" | "labels" | "outputSpecs"> {
  readonly inputs: Readonly<Record<string, ArraySpec | InputRef>>;
}

/** As long as a double gets: 17 digits and a minus. */
const number = -1.2345678901234567;
const text = "x".repeat(maxTextBytes);
const id = "x".repeat(26);
/** ECS's: a cluster's name has at most 255 characters, the rest is about 100. */
const taskArn = "x".repeat(512);
/** Of an object: jobs/<id>/out/1-<worker>/<name>.npy is the longest, and a name has at most 64 characters. */
const key = "x".repeat(136);

const target = longestOf(targets);
const code = longestOf(Object.keys(problems) as ProblemCode[]);

function longestOf<Word extends string>(words: readonly Word[]): Word {
  return words.reduce((one, other) => (one.length < other.length ? other : one));
}

const route: Required<Job["route"]> = {
  ...{ target, reason: text, memoryMiB: number, vcpu: number },
  estimate: { flops: number, peakBytes: number, seconds: number, usd: number },
};
const attempt: Required<Attempt> = {
  ...{ dispatch: number, target, engine: text, taskArn, reason: text, outcome: "out-of-memory" },
  ...{ startedAt: number, endedAt: number, memoryMiB: number, vcpu: number, atOnce: true },
};
/** What is known of an array once it is stored. */
const stored: Required<Omit<StoredInput, keyof ArraySpec>> = {
  key,
  offset: number,
  length: number,
  etag: key,
};
const made: Required<Omit<StoredOutput, keyof ArraySpec>> = { key, bytes: number };
/** What an item has besides the record, for the indexes: aws/dynamodb/job-item.ts. */
const indexKeys = {
  pk: `job#${id}`,
  createdSort: `2026-11-23T12:00:00.000Z#${id}`,
  dueShard: "end-0",
  line: "fargate",
};

/** Every field of a record, at its longest; a new one does not compile until it is here. */
export function largestRecord({ owner, operation, params, labels, inputs, outputSpecs }: Submitted) {
  const sent = Object.entries(inputs).filter(([, input]) => isSent(input));
  const sentFiles = files(Object.fromEntries(sent));
  // The outputs of other jobs come from their records, each by itself.
  const fileOf = (name: string, input: ArraySpec) =>
    sentFiles[name] ?? ("job" in input ? files({ input }).input : {});
  const madeFiles = files(outputSpecs);
  const record: Required<Omit<Job, "params">> = {
    ...{ owner, operation, labels, outputSpecs, route, error: { code, message: text } },
    inputs: mapped(inputs, (input, name) => ({ ...input, ...stored, ...fileOf(name, input), used: true })),
    outputs: mapped(outputSpecs, ({ shape, dtype }, name) => ({ shape, dtype, ...made, ...madeFiles[name] })),
    // The claim of one more comes before the earliest is dropped.
    attempts: Array<typeof attempt>(maxListedAttempts + 1).fill(attempt),
    droppedAttempts: { count: number, usd: number },
    batch: { batchId: `${id}-${maxBatchJobs}`, index: number },
    waiters: Array<string>(limits.dependents).fill(id),
    ...{ v: recordVersion, jobId: id, status: longestOf(statuses), statusReason: text, step: "launched" },
    ...{ requestedTarget: target, requestHash: "x".repeat(64), writeId: "x".repeat(36) },
    ...{ worker: id, taskArn, trace: "x".repeat(128), progress: number, maxSeconds: number },
    ...{ run: number, dispatch: number, rev: number, sentFrom: number, unanswered: number, refusals: number },
    ...{ countedAttempts: number, uncountedAttempts: number, spotReclaims: number, spotRefusals: number },
    ...{ usd: number, ttl: number, hops: number },
    ...{ deadlineAt: number, dueAt: number, sentAt: number, lineSince: number, leaseUntil: number },
    ...{ startedAt: number, createdAt: number, updatedAt: number, finishedAt: number },
  };
  return { ...record, params: longest(params), ...indexKeys };
}

/** Whether its data comes with the request: nothing else is known of it yet. */
function isSent(input: ArraySpec | InputRef): boolean {
  return !["key", "npy", "seed", "job", "used"].some((field) => field in input);
}

/** The file of each array, if the record may hold them all: cost/place.ts. */
function files(arrays: Readonly<Record<string, ArraySpec>>): Readonly<Record<string, { npy: Uint8Array }>> {
  if (filesBytes(arrays) > mostRecordedBytes) return {};
  return mapped(arrays, (array) => ({ npy: new Uint8Array(npyBytes(array)) }));
}

/** aws/dynamodb/stored-values.ts stores params as a map or as text. */
function longest(params: Job["params"]): Job["params"] | string {
  const asText = JSON.stringify(params);
  return valueBytes(asText) > valueBytes(params) ? asText : params;
}

function mapped<From, To>(
  values: Readonly<Record<string, From>>,
  each: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, each(value, name)]));
}

/** @throws Problem `record-too-large` */
export function requireRecordFits(submitted: Submitted): void {
  const record = largestRecord(submitted);
  const bytes = recordBytes(record);
  if (bytes <= maxRecordBytes) return;
  const { params, labels, inputs, outputs, outputSpecs } = record;
  const parts = { params, labels, inputs, outputs: [outputs, outputSpecs] };
  const [[field, part] = ["params", 0]] = Object.entries(parts)
    .map(([name, value]) => [name, valueBytes(value)] as const)
    .sort(([, one], [, other]) => other - one);
  throw new Problem(
    "record-too-large",
    `the job's record could grow to ${bytes} bytes, and its ${field} take the most of them, ${part}: expected at most ${maxRecordBytes} in all`,
    {
      field: field === "outputs" ? "params" : field,
      expected: `a record of at most ${maxRecordBytes} bytes`,
      got: `${bytes} bytes`,
    },
  );
}
