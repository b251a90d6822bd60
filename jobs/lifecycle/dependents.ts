import { isTerminal } from "@sluice/contract/job";
import { concurrently } from "../concurrently.ts";
import type { Ports } from "../ports.ts";
import { type Job, parentsOf } from "../record.ts";
import { write } from "./write.ts";

/**
 * A job that waits for its inputs subscribes to the jobs that make them, its parents. A parent that ends sets the
 * dueAt of its dependents to now, and sweep then sends them. When any of this fails, the dependent's own dueAt makes
 * sweep look some minutes later.
 */

type DependentsPorts = Pick<Ports, "store" | "log" | "now" | "settings">;

/** The job's record is written first: a parent that has ended by then notifies no more, so the job is made due here. */
export async function subscribeToParents(job: Job, ports: DependentsPorts): Promise<void> {
  const { jobId } = job;
  let ended = false;
  for (const parent of parentsOf(job)) {
    try {
      const added = await ports.store.addDependent(parent, jobId);
      ended ||= !added.ok && (!added.job || isTerminal(added.job.status));
    } catch (error) {
      ports.log.warn("job will not be woken: it looks by itself", { jobId, parent, error });
    }
  }
  if (ended) await makeDue(jobId, ports);
}

/** Called by the writer of the terminal state. */
export async function notifyDependents(job: Job, ports: DependentsPorts): Promise<void> {
  if (!isTerminal(job.status) || !job.waiters) return;
  await concurrently(job.waiters, (jobId) => makeDue(jobId, ports));
}

async function makeDue(jobId: string, ports: DependentsPorts): Promise<void> {
  try {
    const job = await ports.store.get(jobId);
    if (job) await write(job, { kind: "parent-ended" }, ports);
  } catch (error) {
    ports.log.warn("job not woken: it looks by itself", { waiter: jobId, error });
  }
}
