import type { JobStore } from "../../../jobs/job-store.ts";
import type { Job } from "../../../jobs/record.ts";
import { jobTable } from "../../support/jobs/job-table.ts";
import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";
import type { Network } from "./network.ts";

/** Called for every write that was applied, in the order in which DynamoDB applied them. */
export type OnWrite = (before: Job | undefined, after: Job) => void;

/** The job records behind the simulated network. Indexes lag a little. */
export class Table {
  readonly items = new Map<string, Job>();
  readonly store: JobStore;

  constructor(clock: Clock, network: Network, adversary: Adversary, onWrite: OnWrite) {
    this.store = jobTable({
      items: this.items,
      now: () => clock.now,
      call: (name, jobId, effect) => network.call("DynamoDB", name, jobId, effect),
      indexed: (job, index) => !adversary.strikes("index behind", job.jobId, index),
      onWrite,
    });
  }
}
