import { isTerminal } from "@sluice/contract/job";
import { concurrently } from "../concurrently.ts";
import type { Ports } from "../ports.ts";
import { type Job, parentsOf } from "../record.ts";

/**
 * How a job that waits for others learns that they have ended: it asks them to wake it, and being woken is being
 * due. Sweep then looks and sends. Whatever fails here is made good by the job's own dueAt, some minutes later.
 */

type WakingPorts = Pick<Ports, "store" | "log" | "now">;

/** After the job's record is written: a parent that has ended by now will wake nobody any more. */
export async function subscribeToParents(job: Job, ports: WakingPorts): Promise<void> {
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
  if (ended) await wake(jobId, ports);
}

/** Once `job` has ended, whoever ended it. */
export async function notifyDependents(job: Job, ports: WakingPorts): Promise<void> {
  if (!isTerminal(job.status) || !job.waiters) return;
  await concurrently(job.waiters, (jobId) => wake(jobId, ports));
}

async function wake(jobId: string, { store, log, now }: WakingPorts): Promise<void> {
  try {
    const job = await store.get(jobId);
    if (job?.step !== "inputs") return;
    // While it waits its dispatch stands still: a look of sweep meanwhile does not get in the way.
    await store.update(jobId, { dispatch: job.dispatch, status: "PENDING" }, { dueAt: now() });
  } catch (error) {
    log.warn("job not woken: it looks by itself", { waiter: jobId, error });
  }
}
