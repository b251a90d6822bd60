import type { JobChanges } from "./lifecycle/transitions.ts";
import type { Job } from "./record.ts";

/** The port of the job records. */

/** Conditions of an update, all of which must hold. `rev` is for decisions, the rest for the holder of a dispatch. */
export interface Guard {
  readonly rev?: number;
  readonly dispatch?: number;
  readonly status?: Job["status"];
  readonly worker?: string;
}

/** `job`: the record as it is now. Without it there is none: it never was, or it has expired. */
export type UpdateResult =
  | { readonly ok: true; readonly job: Job }
  | { readonly ok: false; readonly job?: Job };

/**
 * The job records. A record past its ttl is gone for every method at once, though DynamoDB deletes it days later;
 * only the three indexes may still name it. A record of a later version is neither read nor written.
 * tests/suites/job-store.ts holds every implementation to this.
 */
export interface JobStore {
  /**
   * Creates the job unless a live one has its id; then answers that one. A repeat of the same write is a create.
   * Fields that are undefined are left out, here and in every write. @throws NewerRecord
   */
  create(job: Job): Promise<{ readonly created: true } | { readonly created: false; readonly existing: Job }>;
  /**
   * Creates jobs whose ids nobody else can have, 25 in a call. No condition is looked at: a repeat of the call writes them
   * again as new, so nobody may know of them, and no message be sent, before this is over. @throws when the table left
   * some of them out, asked several times: others are there then
   */
  createMany(jobs: readonly Job[]): Promise<void>;
  /**
   * The jobs of these ids that are there, in the order of the ids; strongly consistent. @throws NewerRecord, as `get` does
   */
  getMany(jobIds: readonly string[]): Promise<Job[]>;
  /** Strongly consistent. Undefined when absent or past its ttl. @throws NewerRecord */
  get(jobId: string): Promise<Job | undefined>;
  /**
   * One conditional write that answers the new job: `rev` is one more, `updatedAt` is now, `writeId` is new.
   * A failed condition is resolved by one consistent read: if the last write was this one (its reply was lost),
   * that is success. `append` adds to `attempts` without knowing them. Changes that end a job, or make it run
   * again, set `status` and `dueAt` together: the two decide whether `due` or `unpublished` finds it.
   * @throws NewerRecord
   */
  update(
    jobId: string,
    guard: Guard,
    changes: JobChanges,
    append?: Job["attempts"][number],
  ): Promise<UpdateResult>;
  /**
   * Adds a job to those that `jobId` notifies when it ends. Touches nothing else, not even `rev`, so no decision
   * under way is lost over it. Fails once the job has ended, and when its list is full. After a lost reply the
   * list may name the job twice. @throws NewerRecord
   */
  addDependent(jobId: string, waiter: string): Promise<UpdateResult>;
  /**
   * Sets when the end of a job that is at this dispatch must be published, or removes that when undefined: it is
   * published. Touches nothing else. Does nothing to a job that is live, already published, at another dispatch,
   * absent, expired or of a later version.
   */
  schedulePublication(jobId: string, dispatch: number, dueAt: number | undefined): Promise<void>;
  /**
   * One owner's jobs, newest first, at most `limit`; of one millisecond by descending id. `after`, a `listPosition`,
   * begins the next page; without one in the answer this page is the last. A page may be short or empty and not be
   * the last: expired jobs are left out, and it ends once `bytes` are read, which `recordsPerRead` records may
   * pass. The answer says how many bytes it has read. @throws NewerRecord
   */
  list(
    owner: string,
    page: { readonly limit: number; readonly bytes?: number; readonly after?: string },
  ): Promise<{ readonly jobs: readonly Job[]; readonly bytes: number; readonly after?: string }>;
  /**
   * Live jobs whose dueAt has passed, the longest overdue of all first, then by dueAt. At most `limit`, rounded up
   * to a multiple of the index's shards (8). Fewer than `limit` does not mean that there are no more.
   */
  due(now: number, limit: number): Promise<Due[]>;
  /** The same of jobs that have ended: their end is yet to be published. */
  unpublished(now: number, limit: number): Promise<Due[]>;
  /** Jobs with step `line` and a `lineSince`, the longest waiting first. */
  waitingForCapacity(limit: number): Promise<InLine[]>;
}

/** Records that a list reads at once: how large they are is known only then. Five small ones are a call of some 5 ms. */
export const recordsPerRead = 5;

export type InLine = { readonly jobId: string; readonly lineSince: number };

export type Due = { readonly jobId: string; readonly dueAt: number };
