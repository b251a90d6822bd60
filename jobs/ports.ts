import type { DenseArray } from "@sluice/contract/array";
import type { LaunchRefusal, TaskObservation } from "./evidence.ts";
import type { Message } from "./message.ts";
import type { Job, JobChanges } from "./record.ts";
import type { Settings } from "./settings.ts";

/** What the domain needs of the world. aws/ implements these; tests may too. */

/** Conditions of an update, all of which must hold. `rev` is for decisions, the rest for workers. */
export interface Guard {
  readonly rev?: number;
  readonly dispatch?: number;
  readonly status?: Job["status"];
  readonly worker?: string;
}

export type UpdateResult =
  | { readonly ok: true; readonly job: Job }
  | { readonly ok: false; readonly job?: Job };

export interface JobStore {
  /** Creates the job unless a live one has its id; then answers that one. A repeat of the same write is a create. */
  create(job: Job): Promise<{ readonly created: true } | { readonly created: false; readonly existing: Job }>;
  /** Strongly consistent. Undefined when absent or past its ttl. */
  get(jobId: string): Promise<Job | undefined>;
  /**
   * One conditional write that answers the new job. A failed condition is resolved by one consistent
   * read: if the last write was this one (its reply was lost), that is success.
   * `append` adds to `attempts` without knowing them.
   */
  update(
    jobId: string,
    guard: Guard,
    changes: JobChanges,
    append?: Job["attempts"][number],
  ): Promise<UpdateResult>;
  /** One owner's job ids, newest first. */
  list(owner: string, page: { limit: number; after?: string }): Promise<{ jobs: Job[]; after?: string }>;
  /** Ids of jobs whose dueAt has passed. */
  due(now: number, limit: number): Promise<string[]>;
}

export interface ObjectStore {
  put(key: string, parts: readonly Uint8Array[]): Promise<void>;
  /** @throws ObjectMissing when there is no such object */
  get(key: string, range?: { offset: number; length: number }): Promise<Uint8Array>;
  exists(key: string): Promise<boolean>;
  /** A presigned GET link, signed locally: no call. */
  link(key: string, fileName: string): Promise<string>;
}

/** The object is not there: expired by the bucket's lifecycle, or never written. */
export class ObjectMissing extends Error {
  override readonly name = "ObjectMissing";
}

export interface Queue {
  send(message: Message): Promise<void>;
  /**
   * Messages waiting or received and not yet done: how sweep tells a backlog from a lost message. When
   * Lambda is throttled, its pollers hold messages that no function has seen.
   */
  waiting(): Promise<number>;
}

export interface TaskRequest {
  readonly jobId: string;
  readonly dispatch: number;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly spot: boolean;
}

export interface Tasks {
  run(request: TaskRequest): Promise<{ readonly taskArn: string } | { readonly refusal: LaunchRefusal }>;
  stop(taskArn: string, reason: string): Promise<void>;
  /** What ECS says of a task; `missing` when it no longer (or not yet) knows it. */
  describe(taskArn: string): Promise<TaskObservation>;
  /** The task started for this launch, wherever its RunTask reply went. */
  find(jobId: string, dispatch: number): Promise<TaskObservation>;
  /** Running tasks of this stage, with the launch each carries. */
  running(): Promise<{ taskArn: string; jobId: string; dispatch: number; startedAt: number }[]>;
}

/** Runs an operation somewhere that an abort can stop. */
export type Compute = (
  work: { operation: string; params: Record<string, unknown>; inputs: Record<string, DenseArray> },
  watch: { signal: AbortSignal; onProgress(fraction: number): void; predictedSeconds: number },
) => Promise<Record<string, DenseArray>>;

/** Holds `Prefer: wait` requests to a number per stage. */
export interface WaitSlots {
  /** Answers how to give the slot back, or undefined when all are taken. */
  take(seconds: number): Promise<(() => Promise<void>) | undefined>;
}

export interface Log {
  debug(message: string, fields: Record<string, unknown>): void;
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
}

export interface Ports {
  readonly store: JobStore;
  readonly objects: ObjectStore;
  readonly queue: Queue;
  readonly tasks: Tasks;
  readonly waitSlots: WaitSlots;
  readonly log: Log;
  readonly now: () => number;
  readonly settings: Settings;
}
