import { isTerminal } from "@sluice/contract/job";
import { Problem } from "@sluice/contract/problem";
import { isRandomId } from "../ids.ts";
import { apply } from "../lifecycle/apply.ts";
import { publishEnds } from "../lifecycle/completion.ts";
import { subscribeToParents } from "../lifecycle/dependents.ts";
import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import { isStored, type Job } from "../record.ts";

/** What a caller may do with a job of their own. Another owner's job does not exist. */

/** @throws Problem `job-not-found` */
export async function getJob(
  jobId: string,
  owner: string,
  { store, log }: Pick<Ports, "store" | "log">,
): Promise<Job> {
  const job = isRandomId(jobId) ? await store.get(jobId) : undefined;
  if (job?.owner !== owner) throw notFound(jobId);
  log.addContext(logContext(job));
  return job;
}

/**
 * Stops a job wherever it is: a queued message finds it CANCELLED, a Lambda's watch sees it within a
 * second, a task is stopped.
 *
 * @throws Problem `job-not-found`, or `already-finished` when COMPLETED or FAILED
 */
export async function cancelJob(jobId: string, owner: string, ports: Ports): Promise<Job> {
  const applied = await apply(await getJob(jobId, owner, ports), { kind: "cancel" }, ports);
  if (!applied) throw notFound(jobId);
  const { job } = applied;
  if (job.status === "CANCELLED") return job;
  throw new Problem("already-finished", `job ${jobId} is already ${job.status}`);
}

/**
 * Opens the next run of a job that FAILED or was CANCELLED, and sends it.
 *
 * @throws Problem `job-not-found`, `not-retryable`, or `expired` when its input is gone
 */
export async function retryJob(jobId: string, owner: string, ports: Ports): Promise<Job> {
  return retry(await getJob(jobId, owner, ports), ports);
}

/** The same for whoever may retry any job. @throws Problem `not-retryable`, or `expired` */
export async function retry(job: Job, ports: Ports): Promise<Job> {
  const { jobId } = job;
  if (!isTerminal(job.status) || job.status === "COMPLETED") throw notRetryable(job);
  const keys = new Set(Object.values(job.inputs).flatMap((input) => (isStored(input) ? [input.key] : [])));
  for (const key of keys) {
    if (await ports.objects.exists(key)) continue;
    throw new Problem("expired", `the inputs of job ${jobId} have expired`);
  }
  // Its end would be forgotten with its next run.
  if (job.dueAt !== undefined) await publishEnds([job], ports);
  const applied = await apply(job, { kind: "retry" }, ports);
  if (!applied) throw notFound(jobId);
  if (!applied.changed) throw notRetryable(applied.job);
  await subscribeToParents(applied.job, ports);
  return applied.job;
}

function notFound(jobId: string): Problem {
  return new Problem("job-not-found", `no job ${jobId} of yours exists`);
}

function notRetryable({ jobId, status }: Job): Problem {
  return new Problem(
    "not-retryable",
    `job ${jobId} is ${status}; only a FAILED or CANCELLED job can be retried`,
  );
}
