import { isTerminal } from "@sluice/contract/job";
import type { Due, Guard, JobStore } from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import { limits } from "../../../jobs/timing.ts";
import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";
import type { Network } from "./network.ts";

/** Told of every write that was applied, in the order DynamoDB applied them. */
export type OnWrite = (before: Job | undefined, after: Job) => void;

/**
 * The job records as DynamoDB keeps them and aws/dynamodb/job-store.ts writes them: one conditional write at a time, a
 * failed condition resolved by one consistent read that looks for the write's own id. Indexes lag a little.
 */
export class Table {
  readonly items = new Map<string, Job>();
  readonly store: JobStore;
  readonly #clock: Clock;
  readonly #network: Network;
  readonly #adversary: Adversary;
  readonly #onWrite: OnWrite;
  #writes = 0;

  constructor(clock: Clock, network: Network, adversary: Adversary, onWrite: OnWrite) {
    this.#clock = clock;
    this.#network = network;
    this.#adversary = adversary;
    this.#onWrite = onWrite;
    this.store = {
      create: (job) => this.#create(job),
      get: (jobId) => this.#get(jobId),
      update: (...parameters) => this.#update(...parameters),
      addDependent: (jobId, waiter) => this.#addDependent(jobId, waiter),
      schedulePublication: (...parameters) => this.#schedulePublication(...parameters),
      list: async (owner, { limit }) => ({ jobs: await this.#list(owner, limit) }),
      due: (now, limit) => this.#due(limit, (job) => !isTerminal(job.status) && isDue(job, now)),
      unpublished: (now, limit) => this.#due(limit, (job) => isTerminal(job.status) && isDue(job, now)),
      waitingForCapacity: async (limit) =>
        (await this.#index("inLine", limit, (job) => job.step === "line", byLine)).map(({ jobId }) => jobId),
    };
  }

  #get(jobId: string): Promise<Job | undefined> {
    return this.#network.call("DynamoDB", "GetItem", jobId, () => this.items.get(jobId));
  }

  async #create(job: Job): ReturnType<JobStore["create"]> {
    const { jobId } = job;
    const writeId = this.#writeId();
    const created = await this.#network.call("DynamoDB", "PutItem", jobId, () => {
      if (this.items.has(jobId)) return false;
      this.#put(undefined, { ...job, writeId });
      return true;
    });
    if (created) return { created };
    const existing = await this.#get(jobId);
    if (!existing) throw new Error("a failed condition without an item");
    return existing.writeId === writeId ? { created: true } : { created: false, existing };
  }

  async #update(
    ...[jobId, guard, changes, append]: Parameters<JobStore["update"]>
  ): ReturnType<JobStore["update"]> {
    const writeId = this.#writeId();
    const updatedAt = this.#clock.now;
    const written = await this.#network.call("DynamoDB", "UpdateItem", jobId, () => {
      const before = this.items.get(jobId);
      if (!matches(before, guard)) return undefined;
      const merged = { ...before, ...changes, updatedAt, writeId, rev: before.rev + 1 } as Job;
      const after = append ? { ...merged, attempts: [...merged.attempts, append] } : merged;
      return this.#put(before, after);
    });
    if (written) return { ok: true, job: written };
    const job = await this.#get(jobId);
    if (job?.writeId === writeId) return { ok: true, job };
    return job ? { ok: false, job } : { ok: false };
  }

  async #addDependent(jobId: string, waiter: string): ReturnType<JobStore["addDependent"]> {
    const added = await this.#network.call("DynamoDB", "UpdateItem", jobId, () => {
      const before = this.items.get(jobId);
      if (!before || isTerminal(before.status) || (before.waiters?.length ?? 0) >= limits.dependents)
        return undefined;
      return this.#put(before, { ...before, waiters: [...(before.waiters ?? []), waiter] });
    });
    if (added) return { ok: true, job: added };
    const job = await this.#get(jobId);
    return job ? { ok: false, job } : { ok: false };
  }

  async #schedulePublication(
    ...[jobId, dispatch, dueAt]: Parameters<JobStore["schedulePublication"]>
  ): Promise<void> {
    await this.#network.call("DynamoDB", "UpdateItem", jobId, () => {
      const before = this.items.get(jobId);
      if (!before || before.dispatch !== dispatch || before.dueAt === undefined) return;
      if (isTerminal(before.status)) this.#put(before, { ...before, dueAt } as Job);
    });
  }

  async #due(limit: number, wanted: (job: Job) => boolean): Promise<Due[]> {
    const jobs = await this.#index("due", limit, wanted, byDue);
    return jobs.map(({ jobId, dueAt = 0 }) => ({ jobId, dueAt }));
  }

  #list(owner: string, limit: number): Promise<Job[]> {
    return this.#network.call("DynamoDB", "Query byOwner", undefined, () =>
      [...this.items.values()]
        .filter((job) => job.owner === owner)
        .sort((one, other) => other.createdAt - one.createdAt)
        .slice(0, limit),
    );
  }

  #index(
    name: string,
    limit: number,
    holds: (job: Job) => boolean,
    order: (one: Job, other: Job) => number,
  ): Promise<Job[]> {
    return this.#network.call("DynamoDB", `Query ${name}`, undefined, () =>
      [...this.items.values()]
        .filter((job) => holds(job) && !this.#adversary.strikes("index behind", job.jobId, name))
        .sort(order)
        .slice(0, limit),
    );
  }

  #put(before: Job | undefined, job: Job): Job {
    const kept = Object.entries(job).filter(([, value]) => value !== undefined);
    const after = Object.freeze(Object.fromEntries(kept)) as unknown as Job;
    // Whoever holds a record holds a copy in the real world: here it is one that cannot be changed.
    Object.freeze(after.attempts);
    this.items.set(after.jobId, after);
    this.#onWrite(before, after);
    return after;
  }

  #writeId(): string {
    return `write-${this.#writes++}`;
  }
}

function matches(job: Job | undefined, guard: Guard): job is Job {
  return (
    job !== undefined &&
    Object.entries(guard).every(
      ([field, value]) => value === undefined || job[field as keyof Guard] === value,
    )
  );
}

function isDue({ dueAt = Number.POSITIVE_INFINITY }: Job, now: number): boolean {
  return dueAt <= now;
}

function byDue(one: Job, other: Job): number {
  return (one.dueAt ?? 0) - (other.dueAt ?? 0);
}

function byLine(one: Job, other: Job): number {
  return (one.lineSince ?? 0) - (other.lineSince ?? 0);
}
