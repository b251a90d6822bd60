import { isTerminal } from "@sluice/contract/job";
import { type Due, type Guard, type JobStore, recordsPerRead } from "../../../jobs/job-store.ts";
import { type Job, listPosition, NewerRecord, recordVersion } from "../../../jobs/record.ts";
import { recordBytes } from "../../../jobs/record-size.ts";
import { limits } from "../../../jobs/timing.ts";

/** What lies around the table: its clock, the way to it, and an observer. */
export interface TableWorld {
  readonly items: Map<string, Job>;
  now(): number;
  /** One request: `effect` happens in the table, once for every time that the request arrives there. */
  call<Value>(name: string, jobId: string | undefined, effect: () => Value): Promise<Value>;
  /** False while an index does not show the job yet. */
  indexed?(job: Job, index: string): boolean;
  /** Called for every write that was applied, in the table's order. */
  onWrite?(before: Job | undefined, after: Job): void;
}

/**
 * The job records as DynamoDB keeps them and aws/dynamodb/job-store.ts writes them: one conditional write at a
 * time, a failed condition resolved by one consistent read that looks for the write's own id.
 * tests/suites/job-store.ts holds the two to each other.
 */
export function jobTable({ items, now, call, indexed = () => true, onWrite }: TableWorld): JobStore {
  let writes = 0;
  const writeIdOf = () => `write-${writes++}`;

  const isExpired = ({ ttl }: Job) => ttl * 1000 < now();

  /** What every update is conditional on: the record is there, not expired and not of a later version. */
  function updatable(jobId: string): Job | undefined {
    const job = items.get(jobId);
    return job && job.v <= recordVersion && !isExpired(job) ? job : undefined;
  }

  /** @throws NewerRecord */
  function readable(job: Job | undefined): Job | undefined {
    if (job && job.v > recordVersion) throw new NewerRecord(job.jobId, job.v);
    return job && !isExpired(job) ? job : undefined;
  }

  function put(before: Job | undefined, job: Job): Job {
    const after = recordOf(job);
    items.set(after.jobId, after);
    onWrite?.(before, after);
    return after;
  }

  async function get(jobId: string): Promise<Job | undefined> {
    return readable(await call("GetItem", jobId, () => items.get(jobId)));
  }

  /** The answer of an update, and what is read when its condition failed. */
  async function answerOf(jobId: string, written: Job | undefined, writeId?: string) {
    if (written) return { ok: true, job: written } as const;
    const job = await get(jobId);
    if (!job) return { ok: false } as const;
    return { ok: writeId !== undefined && job.writeId === writeId, job };
  }

  function index(
    name: string,
    limit: number,
    holds: (job: Job) => boolean,
    order: (one: Job, other: Job) => number,
  ): Promise<Job[]> {
    return call(`Query ${name}`, undefined, () =>
      [...items.values()]
        .filter((job) => holds(job) && indexed(job, name))
        .sort(order)
        .slice(0, limit),
    );
  }

  async function dueAmong(limit: number, holds: (job: Job) => boolean): Promise<Due[]> {
    const jobs = await index("due", limit, holds, (one, other) => (one.dueAt ?? 0) - (other.dueAt ?? 0));
    return jobs.map(({ jobId, dueAt = 0 }) => ({ jobId, dueAt }));
  }

  return {
    get,

    async create(job) {
      const writeId = writeIdOf();
      const created = await call("PutItem", job.jobId, () => {
        const before = items.get(job.jobId);
        if (before && !isExpired(before)) return false;
        put(undefined, { ...job, writeId });
        return true;
      });
      if (created) return { created };
      const existing = await get(job.jobId);
      if (!existing) throw new Error("a failed condition without an item");
      return existing.writeId === writeId ? { created: true } : { created: false, existing };
    },

    async createMany(jobs) {
      for (const job of jobs) {
        const writeId = writeIdOf();
        await call("BatchWriteItem", job.jobId, () => void put(items.get(job.jobId), { ...job, writeId }));
      }
    },

    async getMany(jobIds) {
      const found = await Promise.all(jobIds.map(get));
      return found.filter((job) => job !== undefined);
    },

    async update(jobId, guard, changes, append) {
      const writeId = writeIdOf();
      const updatedAt = now();
      const written = await call("UpdateItem", jobId, () => {
        const before = updatable(jobId);
        if (!before || !matches(before, guard)) return undefined;
        const attempts = changes.attempts ?? before.attempts;
        return put(before, {
          ...before,
          ...changes,
          attempts: append ? [...attempts, append] : attempts,
          updatedAt,
          writeId,
          rev: before.rev + 1,
        } as Job);
      });
      return answerOf(jobId, written, writeId);
    },

    async addDependent(jobId, waiter) {
      const written = await call("UpdateItem", jobId, () => {
        const before = updatable(jobId);
        const waiters = before?.waiters ?? [];
        if (!before || isTerminal(before.status) || waiters.length >= limits.dependents) return undefined;
        return put(before, { ...before, waiters: [...waiters, waiter] });
      });
      return answerOf(jobId, written);
    },

    async schedulePublication(jobId, dispatch, dueAt) {
      await call("UpdateItem", jobId, () => {
        const before = updatable(jobId);
        if (before?.dispatch !== dispatch || before.dueAt === undefined || !isTerminal(before.status)) return;
        put(before, { ...before, dueAt } as Job);
      });
    },

    async list(owner, { limit, after, bytes: most = Number.POSITIVE_INFINITY }) {
      const found = await call("Query byOwner", undefined, () =>
        [...items.values()]
          .filter((job) => job.owner === owner)
          .map((job) => ({ job, sort: listPosition(job) }))
          .filter(({ sort }) => after === undefined || sort < after)
          .sort((one, other) => (one.sort < other.sort ? 1 : -1))
          .slice(0, limit + 1),
      );
      const keys = found.slice(0, limit);
      let bytes = 0;
      let seen = 0;
      for (; seen < keys.length && bytes < most; seen += recordsPerRead) {
        // DynamoDB reads blocks of 4 KB.
        for (const { job } of keys.slice(seen, seen + recordsPerRead))
          bytes += 4096 * Math.ceil(recordBytes(job) / 4096);
      }
      const page = keys.slice(0, seen);
      const jobs = page.flatMap(({ job }) => readable(job) ?? []);
      const last = page.at(-1);
      return { jobs, bytes, ...(page.length < found.length && last ? { after: last.sort } : {}) };
    },

    due: (time, limit) => dueAmong(limit, (job) => !isTerminal(job.status) && isDue(job, time)),

    unpublished: (time, limit) => dueAmong(limit, (job) => isTerminal(job.status) && isDue(job, time)),

    async waitingForCapacity(limit) {
      const jobs = await index(
        "inLine",
        limit,
        ({ step, lineSince }) => step === "line" && lineSince !== undefined,
        (one, other) => (one.lineSince ?? 0) - (other.lineSince ?? 0),
      );
      return jobs.map(({ jobId, lineSince = 0 }) => ({ jobId, lineSince }));
    },
  };
}

/**
 * A record is a copy, and no field of it is undefined: DynamoDB's writer leaves those out. It is frozen, because a
 * reader holds a copy in the real world too.
 */
function recordOf<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return value.slice() as Value;
  const copy = Array.isArray(value)
    ? value.map(recordOf)
    : Object.fromEntries(
        Object.entries(value).flatMap(([field, part]) =>
          part === undefined ? [] : [[field, recordOf(part)]],
        ),
      );
  return Object.freeze(copy) as Value;
}

function matches(job: Job, guard: Guard): boolean {
  return Object.entries(guard).every(
    ([field, value]) => value === undefined || job[field as keyof Guard] === value,
  );
}

function isDue({ dueAt = Number.POSITIVE_INFINITY }: Job, time: number): boolean {
  return dueAt <= time;
}
