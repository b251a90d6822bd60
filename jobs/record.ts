import type { ArraySpec } from "@sluice/contract/array";
import type { Route, Status, Target } from "@sluice/contract/job";
import type { ProblemCode } from "@sluice/contract/problem";

/** The latest shape of a record that this release reads. What it takes to raise it: docs/adr/0025-versions.md. */
export const recordVersion = 2;

/** 2: it holds an array itself, and a release that knows of none leaves it alone. */
type RecordVersion = 1 | typeof recordVersion;

/** A record that a later release wrote, read after a rollback: it is left as it is, for that release to go on with. */
export class NewerRecord extends Error {
  override readonly name = "NewerRecord";

  constructor(jobId: string, version: unknown) {
    super(
      `job ${jobId} is a record of version ${version}: this release reads up to version ${recordVersion}`,
    );
  }
}

/** The one DynamoDB item behind a job. Times are epoch milliseconds unless the name says seconds. */
export interface Job {
  /** Version of this record's shape; a reader refuses a newer one. */
  readonly v: RecordVersion;
  readonly jobId: string;
  readonly owner: string;
  readonly status: Status;
  readonly statusReason: string;
  readonly progress: number;

  readonly operation: string;
  readonly params: Record<string, unknown>;
  readonly labels: Record<string, string>;
  /** The batch that it was submitted in, and its place there, from 0. */
  readonly batch?: { readonly batchId: string; readonly index: number };
  readonly inputs: Record<string, InputRef>;
  /** What the plan promised: one spec per named output. */
  readonly outputSpecs: Record<string, ArraySpec>;
  readonly route: Route;
  /** What the caller asked for; `auto` leaves the lane to the router, and to escalation. */
  readonly requestedTarget: Target | "auto";
  readonly maxSeconds: number;
  readonly deadlineAt: number;
  /** The X-Ray trace header of the request that made the job. */
  readonly trace?: string;
  /** SHA-256 of the request, so that a reused Idempotency-Key with another body is told apart. */
  readonly requestHash: string;

  /** Raised by retry: a run ends in one terminal state. */
  readonly run: number;
  /** The fence: raised before every send and every RunTask, never reset. */
  readonly dispatch: number;
  /** Raised by every write; decisions are conditional on the one they were made from. */
  readonly rev: number;
  /** Random id of the last write: how a writer whose reply was lost knows its own write. */
  readonly writeId?: string;

  /** What a PENDING job is waiting for. */
  readonly step?: PendingStep;
  /** When sweep must look at the job; absent once its end is published. */
  readonly dueAt?: number;
  readonly sentAt?: number;
  /** The dispatch of the first unanswered send; absent when the current one is the first. */
  readonly sentFrom?: number;
  /** Sends of this run that no worker answered. */
  readonly unanswered: number;
  /** How many jobs in a row, up to this one, were sent by the end of the one before. Absent or 0: by anybody else. */
  readonly hops?: number;
  /** Jobs that wait for an output of this one: the writer of its end sends them. */
  readonly waiters?: readonly string[];
  /** When the job entered the capacity queue; it keeps its place until it is claimed. */
  readonly lineSince?: number;
  /** Launches in a row whose task never took the job, refused or failed to start: the backoff grows with it. */
  readonly refusals: number;
  readonly countedAttempts: number;
  readonly uncountedAttempts: number;
  readonly spotReclaims: number;
  /** Times in this run that Spot had no machine for the job. */
  readonly spotRefusals?: number;

  readonly worker?: string;
  readonly taskArn?: string;
  readonly leaseUntil?: number;
  readonly startedAt?: number;
  /** The latest, at most `maxListedAttempts` once the last of them has ended. */
  readonly attempts: Attempt[];
  /** The attempts before those: how many, and what they cost. Absent while all are listed. */
  readonly droppedAttempts?: { readonly count: number; readonly usd: number };

  readonly outputs?: Record<string, OutputRef>;
  readonly error?: { readonly code: ProblemCode; readonly message: string };
  readonly usd?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt?: number;
  /** Epoch SECONDS, as DynamoDB's TTL wants it. TTL is late by up to days, so readers check it too. */
  readonly ttl: number;
}

/**
 * - inputs: its parents have yet to make its inputs
 * - send: sweep sends it at dueAt
 * - sent: a message carries the current dispatch
 * - line: the capacity queue; a task that stops, or sweep, sends it when the stage's caps have room
 * - launched: RunTask was called, or is about to be, for the current dispatch
 */
export type PendingStep = "inputs" | "send" | "sent" | "line" | "launched";

/** Where a job stands among its owner's: by time, and by id within a millisecond, so that a cursor never skips one. */
export function listPosition({ createdAt, jobId }: Pick<Job, "createdAt" | "jobId">): string {
  return `${new Date(createdAt).toISOString()}#${jobId}`;
}

/** One claim by one machine, kept for people. */
export interface Attempt {
  readonly dispatch: number;
  readonly target: Target;
  readonly engine: string;
  readonly startedAt: number;
  readonly taskArn?: string;
  /** Made by submit itself, before the job had a record: it has no message and no claim of its own. */
  readonly atOnce?: true;
  /** Set when the attempt ends, from the route it ran under. */
  readonly memoryMiB?: number;
  readonly vcpu?: number;
  readonly endedAt?: number;
  readonly outcome?: AttemptOutcome;
  readonly reason?: string;
}

/** How often the job was begun, those attempts included that its record no longer lists. */
export function attemptCount({ attempts, droppedAttempts }: Job): number {
  return attempts.length + (droppedAttempts?.count ?? 0);
}

export type AttemptOutcome =
  | "completed"
  | "failed"
  | "cancelled"
  | "released"
  | "out-of-memory"
  | "interrupted"
  | "died";

export type InputRef = StoredInput | RecordedArray | RandomInput | AwaitedInput | UsedInput;

/** A small `.npy` file in the record itself, where that is cheaper than an object: cost/place.ts. */
export interface RecordedArray extends ArraySpec {
  readonly npy: Uint8Array;
}

export function isRecorded(array: InputRef | OutputRef): array is RecordedArray {
  return "npy" in array;
}

/** Bytes in S3: one `.npy` file inside `key`, `length` bytes from `offset`. */
export interface StoredInput extends ArraySpec {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  /** The version that was looked at when the job was submitted, for an object that others may replace. */
  readonly etag?: string;
}

/** `numpy.random.default_rng(seed).random(shape)`, made where it is used: it never travels. */
export interface RandomInput extends ArraySpec {
  readonly dtype: "float64" | "float32";
  readonly seed: number | string;
}

/**
 * An output that its job has yet to make. Shape and dtype are that job's plan's; once it is COMPLETED, next() puts
 * the stored output here.
 */
export interface AwaitedInput extends ArraySpec {
  readonly job: string;
  readonly output: string;
}

/** An input of which only the spec is left: its job is COMPLETED, and never runs again. */
export interface UsedInput extends ArraySpec {
  readonly used: true;
}

export function isUsedInput(input: InputRef): input is UsedInput {
  return "used" in input;
}

export function isAwaitedInput(input: InputRef): input is AwaitedInput {
  return "job" in input;
}

/** The jobs that have yet to make an input of this one. */
export function parentsOf({ inputs }: Pick<Job, "inputs">): string[] {
  const ids = Object.values(inputs).flatMap((input) => (isAwaitedInput(input) ? [input.job] : []));
  return [...new Set(ids)];
}

export function isStored(input: InputRef): input is StoredInput {
  return "key" in input;
}

/** A finished output. */
export type OutputRef = StoredOutput | RecordedArray;

/** One `.npy` object in S3. */
export interface StoredOutput extends ArraySpec {
  readonly key: string;
  readonly bytes: number;
}

/** A finished output as another job's input. */
export function asInput(output: OutputRef): StoredInput | RecordedArray {
  if (isRecorded(output)) return output;
  const { shape, dtype, key, bytes } = output;
  return { shape, dtype, key, offset: 0, length: bytes };
}
