import type { Operands } from "@sluice/compute";
import type { DenseArray } from "@sluice/contract/array";
import type { JobStore } from "./job-store.ts";
import type { LaunchRefusal, TaskObservation } from "./lifecycle/evidence.ts";
import type { Message } from "./message.ts";
import type { Settings } from "./settings.ts";
import type { Events, Log, Metrics, Trace } from "./telemetry.ts";

/** What the domain needs of the world. aws/ implements these; tests may too. */

/** A part of an object, in bytes. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Where the bytes of a range go. */
export interface Target {
  /**
   * Takes them in pieces of any size and any order, each byte once; `at` counts from the range's start. A piece is
   * the target's for the length of the call: its memory is used again.
   */
  write(bytes: Uint8Array, at: number): void;
}

/** How much of a range a reader sees before it says where the bytes go: all of a .npy header. */
export const headBytes = 16 * 1024;

export interface ObjectStore {
  /**
   * Writes the pieces one after the other as one object, straight from their memory. `signal` ends a transfer
   * under way. @throws the signal's reason once it is aborted; the object is then whole or not there
   */
  put(key: string, pieces: readonly Uint8Array[], signal?: AbortSignal): Promise<void>;
  /**
   * Reads a range, exactly, of one version of the object: the one with this `etag`, else the one that answers
   * first. `open` is shown the range's first bytes, at least `headBytes` or all of them, and says where its bytes go;
   * the answer is that target, full. However this ends, nothing is written to it afterwards.
   *
   * @throws ObjectMissing; ObjectChanged; the signal's reason once it is aborted; whatever `open` or `write` throws
   */
  get<To extends Target>(
    key: string,
    range: Range,
    open: (head: Uint8Array) => To,
    options?: { readonly etag?: string | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<To>;
  exists(key: string): Promise<boolean>;
  /** A presigned GET link, signed locally: no call. */
  link(key: string, fileName: string): Promise<string>;
}

/** The object is not there: expired by the bucket's lifecycle, or never written. */
export class ObjectMissing extends Error {
  override readonly name = "ObjectMissing";
}

/** The object is another than the one that was asked for, or began to be read: replaced, or not long enough. */
export class ObjectChanged extends Error {
  override readonly name = "ObjectChanged";
}

/** The beginning of a file that a caller has put, enough for its header. */
export interface UploadedFile {
  readonly head: Uint8Array;
  /** Of the whole file. */
  readonly bytes: number;
  /** Of the version that was looked at: its URL can be used again. */
  readonly etag: string;
}

/** Files that callers put into the bucket themselves. */
export interface Uploads {
  /** A presigned PUT of exactly so many bytes, and what it must carry; signed locally: no call. */
  link(
    key: string,
    bytes: number,
    seconds: number,
  ): Promise<{ url: string; headers: Record<string, string> }>;
  /** @throws ObjectMissing when nothing has been put there */
  look(key: string): Promise<UploadedFile>;
}

/** A message on its way, with the trace of its job. */
export interface Sending {
  readonly message: Message;
  readonly trace?: string | undefined;
}

export interface Queue {
  /** `trace`: the job's own, which the message carries to whoever receives it. */
  send(message: Message, trace?: string): Promise<void>;
  /** Sends many, ten in a call. Answers those that the queue did not take, asked several times. */
  sendMany(sendings: readonly Sending[]): Promise<Message[]>;
  /**
   * Messages waiting or received and not yet done: how sweep tells a backlog from a lost message. When
   * Lambda is throttled, its pollers hold messages that no function has seen.
   */
  waiting(): Promise<number>;
}

/** A message that the queue gave up on after its last receive. It stays there until somebody removes it. */
export interface DeadLetter {
  /** How the queue knows this reading of it: for giveBack and remove. */
  readonly handle: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

/** The dead-letter queue as a tool: nothing consumes it, so reading must leave everything readable. */
export interface DeadLetters {
  count(): Promise<number>;
  /** At most `limit` of them, hidden from other readers for half a minute, or until given back. */
  read(limit: number): Promise<DeadLetter[]>;
  putBack(letters: readonly DeadLetter[]): Promise<void>;
  remove(letter: DeadLetter): Promise<void>;
}

/** One RunTask, past or to come: its number is the job's dispatch. */
export interface Launch {
  readonly jobId: string;
  readonly dispatch: number;
}

/** When sweep found no task for a slot: at first, and lately. Epoch milliseconds. */
export interface Missing {
  readonly since: number;
  readonly seen: number;
}

export interface HeldSlot extends Launch {
  readonly vcpu: number;
  readonly missing?: Missing;
}

/** The stage's caps on tasks and vCPUs at once. A slot belongs to one launch, from before RunTask until its task has stopped. */
export interface Slots {
  /**
   * False when it would pass a cap, or when the launch is new and others stand in line. Taking the same
   * launch's slot twice is taking it once, and it counts as missing no more.
   */
  take(launch: Launch, vcpu: number, waited: boolean): Promise<boolean>;
  /** Repeating it changes nothing. With `missing`, only if it is still marked so. */
  release(launch: Launch, missing?: Missing): Promise<void>;
  held(): Promise<HeldSlot[]>;
  /** Notes that a slot has no task; undefined when it has one after all. */
  markMissing(launch: Launch, missing: Missing | undefined): Promise<void>;
  /** Until then, epoch ms, new launches are refused: those in line go first. */
  reserveForQueue(until: number): Promise<void>;
}

export interface TaskRequest extends Launch {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly spot: boolean;
  /** The job's own, for the task to go on with. */
  readonly trace?: string | undefined;
}

export interface Tasks {
  run(request: TaskRequest): Promise<{ readonly taskArn: string } | { readonly refusal: LaunchRefusal }>;
  stop(taskArn: string, reason: string): Promise<void>;
  /** What ECS says of each task, by ARN; left out are those it no longer (or not yet) knows. */
  describe(taskArns: readonly string[]): Promise<Map<string, TaskObservation>>;
  /** Tasks of this stage that are starting or running and not asked to stop, with the launch each carries. */
  running(): Promise<RunningTask[]>;
}

export interface RunningTask extends Launch {
  readonly state: "starting" | "running";
  readonly taskArn: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/**
 * Runs an operation somewhere that an abort can stop, on so many threads, or, if it may block, perhaps right here
 * on this one. Random inputs are made there too.
 */
export type Compute = (
  work: { operation: string; params: Record<string, unknown>; inputs: Operands; threads: number },
  watch: {
    signal: AbortSignal;
    onProgress(fraction: number): void;
    mayBlock: boolean;
    /** Milliseconds after which a computation that blocks is stopped and throws. */
    blockAtMost?: number;
  },
) => Promise<Record<string, DenseArray>>;

/** Holds `Prefer: wait` requests to a number per stage. */
export interface WaitSlots {
  /** Answers how to give the slot back, or undefined when all are taken. */
  take(seconds: number): Promise<(() => Promise<void>) | undefined>;
}

export interface Ports {
  readonly store: JobStore;
  readonly objects: ObjectStore;
  readonly uploads: Uploads;
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;
  readonly tasks: Tasks;
  readonly slots: Slots;
  readonly waitSlots: WaitSlots;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly trace: Trace;
  readonly now: () => number;
  readonly settings: Settings;
}
