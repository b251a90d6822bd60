import { isTerminal } from "@sluice/contract/job";
import { concurrently } from "../concurrently.ts";
import type { Ports } from "../ports.ts";
import { type Job, parentsOf } from "../record.ts";
import { limits } from "../timing.ts";
import type { Parents } from "./evidence.ts";
import { carryOut, write } from "./write.ts";

/**
 * A job that waits for its inputs subscribes to the jobs that make them, its parents. The end of the last of them sends
 * it. When any of this fails, the dependent's own dueAt makes sweep look some minutes later.
 */

type DependentsPorts = Pick<Ports, "store" | "queue" | "tasks" | "log" | "now" | "settings">;

/** The job's record is written first: a parent that has ended by then sends no more, so the job is sent here. */
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
  if (ended) await advance(jobId, 0, ports);
}

/** Called by the writer of the terminal state. */
export async function sendDependents(job: Job, ports: DependentsPorts): Promise<void> {
  const hops = (job.hops ?? 0) + 1;
  await concurrently(job.waiters ?? [], (jobId) => advance(jobId, hops, ports));
}

/**
 * Sends a job whose parents have all made their outputs. The last of them to end sees that all others have: it writes
 * its own end first, and its reads are consistent. Where a parent has none to give, the end of the job is sweep's: until
 * then the parent may be retried.
 */
async function advance(jobId: string, hops: number, ports: DependentsPorts): Promise<void> {
  const { store, log } = ports;
  try {
    const job = await store.get(jobId);
    if (job?.step !== "inputs") return;
    const parents = await parentsAfter(job, ports);
    if ([...parents.jobs.values()].some(({ status }) => !isTerminal(status))) return;
    const evidence = { kind: "parents-ended", parents, hops } as const;
    const written = hops > limits.hops ? undefined : await write(job, evidence, ports);
    if (!written?.ok) {
      await write(job, { kind: "parent-ended" }, ports);
      return;
    }
    await carryOut(written.transition, written.job, evidence, ports);
  } catch (error) {
    log.warn("job not woken: it looks by itself", { waiter: jobId, error });
  }
}

/**
 * The parents of a job, each read after the job was: a parent that ends later finds the job subscribed, and a decision
 * from an older view does not land.
 */
export async function parentsAfter(job: Job, { store }: Pick<Ports, "store">): Promise<Parents> {
  const jobs = new Map<string, Job>();
  for (const jobId of parentsOf(job)) {
    const parent = await store.get(jobId);
    if (parent) jobs.set(jobId, parent);
  }
  return { rev: job.rev, jobs };
}
