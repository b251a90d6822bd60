import { beforeEach, expect } from "vitest";
import { randomId } from "../../jobs/ids.ts";
import type { JobStore } from "../../jobs/job-store.ts";
import { type Job, recordVersion } from "../../jobs/record.ts";
import { forged } from "../support/jobs/forged.ts";
import { sampleJob, start } from "../support/jobs/sample-jobs.ts";

/** An empty store, and what a test needs of the world around it. */
export interface OpenedJobStore {
  readonly store: JobStore;
  /** The store's clock, epoch ms. A simulated network moves it a little with each call. */
  now(): number;
  /** Forward only. */
  setNow(time: number): void;
  /** From now on the first reply of every write is lost after the write was applied, and the SDK repeats it. */
  loseReplies(): void;
}

export type JobStoreFixture = ReturnType<typeof jobStoreFixture>;

/** A fresh store for every test, and the records that the cases begin with. */
export function jobStoreFixture(open: () => Promise<OpenedJobStore>) {
  let opened: OpenedJobStore;
  beforeEach(async () => {
    opened = await open();
    opened.setNow(start);
  });

  const newJob = (changes: Partial<Job> = {}): Job =>
    sampleJob({ jobId: randomId(), rev: 1, createdAt: start, updatedAt: start, ...changes });

  async function created(changes: Partial<Job> = {}): Promise<Job> {
    const job = newJob(changes);
    expect(await opened.store.create(job)).toEqual({ created: true });
    return job;
  }

  return {
    get opened(): OpenedJobStore {
      return opened;
    },
    newJob,
    /** A job in the store, as it reads. */
    stored: async (changes?: Partial<Job>) => (await opened.store.get((await created(changes)).jobId)) as Job,
    /** Its ttl is over, and DynamoDB has not deleted it yet. */
    expired: (changes?: Partial<Job>) => created({ ttl: start / 1000 - 10, ...changes }),
    /** A record as a later release writes it. */
    newer: (changes?: Partial<Job>) => created({ v: (recordVersion + 1) as never, ...changes }),
    update: (
      { jobId }: Pick<Job, "jobId">,
      guard: Parameters<JobStore["update"]>[1],
      changes: Parameters<typeof forged>[0],
      append?: Job["attempts"][number],
    ) => opened.store.update(jobId, guard, forged(changes), append),
  };
}

export function idsOf(jobs: readonly Pick<Job, "jobId">[]): string[] {
  return jobs.map(({ jobId }) => jobId);
}
