import { randomUUID } from "node:crypto";
import { isTerminal } from "@sluice/contract/job";
import type { Due, Guard, JobStore } from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import { limits } from "../../../jobs/timing.ts";

/** The guard semantics of a DynamoDB item, and the writeId rule of aws/dynamodb/job-store.ts. */
export function memoryStore(table: Map<string, Job>, dropReplies: () => boolean): JobStore {
  const read = (jobId: string): Job | undefined => {
    const job = table.get(jobId);
    return job && job.ttl * 1000 >= Date.now() ? structuredClone(job) : undefined;
  };

  /** Answers the new item, or undefined when the condition failed. */
  function write(
    jobId: string,
    holds: (job: Job | undefined) => boolean,
    change: (job: Job | undefined) => Job,
  ) {
    const once = () => {
      const before = read(jobId);
      if (!holds(before)) return undefined;
      table.set(jobId, change(before));
      return read(jobId);
    };
    const written = once();
    // The reply of a write that was applied is lost: the SDK sends the same request again.
    return written && dropReplies() ? once() : written;
  }

  const matches = (job: Job | undefined, guard: Guard): job is Job =>
    job !== undefined &&
    Object.entries(guard).every(
      ([field, value]) => value === undefined || job[field as keyof Guard] === value,
    );

  return {
    async create(job) {
      const writeId = randomUUID();
      const written = write(
        job.jobId,
        (there) => there === undefined,
        () => ({ ...structuredClone(job), writeId }),
      );
      const existing = read(job.jobId);
      if (written || existing?.writeId === writeId) return { created: true };
      if (!existing) throw new Error("a failed condition without an item");
      return { created: false, existing };
    },
    async get(jobId) {
      return read(jobId);
    },
    async update(jobId, guard, changes, append) {
      const writeId = randomUUID();
      const written = write(
        jobId,
        (job) => matches(job, guard),
        (job) => {
          const merged = { ...job, ...structuredClone(changes), updatedAt: Date.now(), writeId } as Job;
          const attempts = append ? [...merged.attempts, append] : merged.attempts;
          const kept = Object.entries({ ...merged, attempts, rev: merged.rev + 1 }).filter(
            ([, value]) => value !== undefined,
          );
          return Object.fromEntries(kept) as unknown as Job;
        },
      );
      if (written) return { ok: true, job: written };
      const job = read(jobId);
      if (job?.writeId === writeId) return { ok: true, job };
      return job ? { ok: false, job } : { ok: false };
    },
    async addDependent(jobId, waiter) {
      const job = table.get(jobId);
      if (!job || isTerminal(job.status) || (job.waiters ?? []).length >= limits.dependents)
        return job ? { ok: false, job: structuredClone(job) } : { ok: false };
      const waiters = [...(job.waiters ?? []), waiter];
      table.set(jobId, { ...job, waiters });
      return { ok: true, job: structuredClone({ ...job, waiters }) };
    },
    async schedulePublication(jobId, dispatch, dueAt) {
      const job = table.get(jobId);
      if (!job || job.dispatch !== dispatch || job.dueAt === undefined || !isTerminal(job.status)) return;
      const { dueAt: _, ...announced } = job;
      table.set(jobId, dueAt === undefined ? announced : { ...announced, dueAt });
    },
    async list(owner, { limit, after }) {
      const position = (job: Job) => `${new Date(job.createdAt).toISOString()}#${job.jobId}`;
      const mine = [...table.values()]
        .filter((job) => job.owner === owner && (after === undefined || position(job) < after))
        .sort((one, other) => (position(one) < position(other) ? 1 : -1));
      const jobs = mine.slice(0, limit);
      const last = jobs.at(-1);
      return mine.length > limit && last ? { jobs, after: position(last) } : { jobs };
    },
    due: async (now, limit) => dueAmong(table, now, limit, ({ status }) => !isTerminal(status)),
    unpublished: async (now, limit) => dueAmong(table, now, limit, ({ status }) => isTerminal(status)),
    async waitingForCapacity(limit) {
      return [...table.values()]
        .filter(({ step }) => step === "line")
        .sort((one, other) => (one.lineSince ?? 0) - (other.lineSince ?? 0))
        .slice(0, limit)
        .map(({ jobId }) => jobId);
    },
  };
}

function dueAmong(
  table: ReadonlyMap<string, Job>,
  now: number,
  limit: number,
  wanted: (job: Job) => boolean,
): Due[] {
  return [...table.values()]
    .filter(wanted)
    .flatMap(({ jobId, dueAt }) => (dueAt !== undefined && dueAt <= now ? [{ jobId, dueAt }] : []))
    .sort((one, other) => one.dueAt - other.dueAt)
    .slice(0, limit);
}
