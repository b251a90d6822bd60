import { dueShardOf } from "../../../aws/dynamodb/job-item.ts";
import type { JobStore } from "../../../jobs/job-store.ts";
import type { Job } from "../../../jobs/record.ts";
import type { Clock } from "../../faults/simulation/clock.ts";
import { jobTable } from "../../support/jobs/job-table.ts";
import { type LimitName, limits } from "./limits.ts";
import { Rate, ratesByName } from "./rate.ts";
import type { Services } from "./services.ts";

/** Of a record of a small job: tests/aws/calls-per-job.test.ts counts two kilobytes begun. */
const unitsOfRecord = 2;

interface IndexEntry {
  readonly partition: string;
  readonly sort: string | number;
}

/** Where a job stands in the two indexes that every job is in: infra/table.yml. */
function entriesOf(job: Job | undefined): Readonly<Record<string, IndexEntry | undefined>> {
  return {
    byOwner: job && { partition: `byOwner ${job.owner}`, sort: job.createdAt },
    byDue:
      job?.dueAt === undefined
        ? undefined
        : { partition: `byDue ${dueShardOf(job.jobId, job.status)}`, sort: job.dueAt },
  };
}

/**
 * The job records, behind DynamoDB's limits: write units of the table, of each index, and of each partition of an index. A
 * write to a partition that is spent is refused as a whole: an index that is throttled throttles its table.
 */
export class LimitedTable {
  readonly items = new Map<string, Job>();
  readonly store: JobStore;
  /** Where the write units went: partition or table → how many. */
  readonly written = new Map<string, number>();
  readonly #creating = new Map<string, Job>();
  readonly #whole: (name: string) => Rate;
  readonly #partitions: (name: string) => Rate;

  constructor(
    clock: Clock,
    services: Services,
    tableWrites: number,
    onWrite: (before: Job | undefined, after: Job) => void,
  ) {
    this.#whole = ratesByName(() => new Rate(clock, tableWrites));
    this.#partitions = ratesByName(() => new Rate(clock, limits.partitionWrites.most));
    const table = jobTable({
      items: this.items,
      now: () => clock.now,
      call: (name, jobId, effect) =>
        services.call("DynamoDB", () => (isWrite(name) ? this.#refusedBy(jobId) : undefined), effect),
      onWrite: (before, after) => {
        this.#charge(before, after);
        onWrite(before, after);
      },
    });
    this.store = {
      ...table,
      create: async (job) => {
        this.#creating.set(job.jobId, job);
        try {
          return await table.create(job);
        } finally {
          this.#creating.delete(job.jobId);
        }
      },
    };
  }

  #refusedBy(jobId: string | undefined): LimitName | undefined {
    if (jobId === undefined) return undefined;
    const job = this.items.get(jobId) ?? this.#creating.get(jobId);
    const entries = Object.values(entriesOf(job)).flatMap((entry) => entry ?? []);
    if (entries.some(({ partition }) => !this.#partitions(partition).open)) return "partitionWrites";
    const names = ["table", ...Object.keys(entriesOf(job))];
    return names.some((name) => !this.#whole(name).open) ? "tableWrites" : undefined;
  }

  /** An entry that comes or goes is a unit, one whose key changes two, one that stays none. */
  #charge(before: Job | undefined, after: Job): void {
    this.#spend("table", undefined, unitsOfRecord);
    const [was, is] = [entriesOf(before), entriesOf(after)];
    for (const index of Object.keys(is)) {
      const [old, young] = [was[index], is[index]];
      if (old?.partition === young?.partition && old?.sort === young?.sort) continue;
      if (old) this.#spend(index, old.partition, 1);
      if (young) this.#spend(index, young.partition, 1);
    }
  }

  #spend(whole: string, partition: string | undefined, units: number): void {
    this.#whole(whole).charge(units);
    if (partition !== undefined) this.#partitions(partition).charge(units);
    for (const name of [whole, partition ?? []].flat())
      this.written.set(name, (this.written.get(name) ?? 0) + units);
  }
}

const isWrite = (name: string) => name === "PutItem" || name === "UpdateItem";
