import { isTerminal } from "@sluice/contract/job";
import { Problem } from "@sluice/contract/problem";
import { retry } from "../api/own-jobs.ts";
import { concurrently } from "../concurrently.ts";
import { apply } from "../lifecycle/apply.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { isBatchId, jobIdsOf } from "./batch-id.ts";

/** What a caller may do with a batch of their own. Another owner's batch does not exist. */

/** Its jobs, in the order of the request; those that were refused have none. @throws Problem `batch-not-found` */
export async function getBatch(
  batchId: string,
  owner: string,
  { store, log }: Pick<Ports, "store" | "log">,
): Promise<Job[]> {
  const found = isBatchId(batchId) ? await store.getMany(jobIdsOf(batchId)) : [];
  const jobs = found.filter((job) => job.owner === owner && job.batch?.batchId === batchId);
  if (jobs.length === 0) throw new Problem("batch-not-found", `no batch ${batchId} of yours exists`);
  log.addContext({ batchId, owner });
  return jobs;
}

/** Cancels what has not ended. Answers all jobs as they are then. @throws Problem `batch-not-found` */
export async function cancelBatch(batchId: string, owner: string, ports: Ports): Promise<Job[]> {
  return changed(await getBatch(batchId, owner, ports), async (job) => {
    if (isTerminal(job.status)) return job;
    const applied = await apply(job, { kind: "cancel" }, ports);
    return applied?.job ?? job;
  });
}

/**
 * Opens the next run of the jobs that FAILED. One whose inputs have expired stays as it is: its view says why it failed.
 *
 * @throws Problem `batch-not-found`, or `not-retryable` when none FAILED
 */
export async function retryBatch(batchId: string, owner: string, ports: Ports): Promise<Job[]> {
  const jobs = await getBatch(batchId, owner, ports);
  if (!jobs.some(({ status }) => status === "FAILED"))
    throw new Problem("not-retryable", `no job of batch ${batchId} has failed`);
  return changed(jobs, async (job) => {
    if (job.status !== "FAILED") return job;
    try {
      return await retry(job, ports);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      ports.log.warn("job of a batch not retried", { jobId: job.jobId, batchId, error });
      return job;
    }
  });
}

async function changed(jobs: readonly Job[], change: (job: Job) => Promise<Job>): Promise<Job[]> {
  const after = [...jobs];
  await concurrently([...jobs.entries()], async ([at, job]) => {
    after[at] = await change(job);
  });
  return after;
}
