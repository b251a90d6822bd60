import { isTerminal } from "@sluice/contract/job";
import { apply } from "./apply.ts";
import type { TaskObservation } from "./evidence.ts";
import type { Ports } from "./ports.ts";
import type { Job } from "./record.ts";

/** Jobs looked at in one pass; the next pass takes the rest. 50 ms of calls each fit a minute easily. */
const jobsPerPass = 500;
/** Looked at side by side: enough to hide latency, few enough not to be throttled. */
const lanes = 10;
/** A task younger than this may not have claimed yet, and its launch may not be written yet. */
const youngTask = 2 * 60_000;

export interface SweepCounts {
  readonly due: number;
  readonly moved: number;
  readonly failed: number;
  readonly tasksStopped: number;
}

/**
 * The janitor: looks at every job whose dueAt has passed, and at every running task. What it finds is
 * evidence for next(); one job that cannot be looked at does not keep the others waiting.
 */
export async function sweep(ports: Ports): Promise<SweepCounts> {
  const ids = await ports.store.due(ports.now(), jobsPerPass);
  let queueWaiting: Promise<number> | undefined;
  const waiting = () => {
    queueWaiting ??= ports.queue.waiting();
    return queueWaiting;
  };
  let moved = 0;
  let failed = 0;
  await eachOf(ids, async (jobId) => {
    try {
      if (await sweepJob(jobId, waiting, ports)) moved++;
    } catch (error) {
      failed++;
      ports.log.error("sweep could not look at a job; the next pass will", { jobId, error });
    }
  });
  const tasksStopped = ports.settings.fargate ? await stopStrayTasks(ports) : 0;
  const counts = { due: ids.length, moved, failed, tasksStopped };
  if (ids.length + tasksStopped > 0) ports.log.info("swept", counts);
  return counts;
}

async function sweepJob(jobId: string, waiting: () => Promise<number>, ports: Ports): Promise<boolean> {
  const job = await ports.store.get(jobId);
  if (!job || isTerminal(job.status)) return false;
  const task = await taskOf(job, ports);
  const queueWaiting = job.step === "sent" ? await waiting() : 0;
  const applied = await apply(job, { kind: "due", queueWaiting, ...(task ? { task } : {}) }, ports);
  return applied?.changed ?? false;
}

async function taskOf(job: Job, { tasks }: Pick<Ports, "tasks">): Promise<TaskObservation | undefined> {
  const launched = job.step === "launched" || (job.status === "PROCESSING" && job.route.target === "fargate");
  if (!launched) return undefined;
  return job.taskArn === undefined ? tasks.find(job.jobId, job.dispatch) : tasks.describe(job.taskArn);
}

/** Fargate has no time limit of its own: a task that claims no live job would bill for ever. */
async function stopStrayTasks({ tasks, store, log, now }: Ports): Promise<number> {
  let stopped = 0;
  const running = (await tasks.running()).filter(({ startedAt }) => now() - startedAt > youngTask);
  await eachOf(running, async ({ taskArn, jobId, dispatch }) => {
    const job = await store.get(jobId);
    const live = job && !isTerminal(job.status) && job.dispatch === dispatch;
    if (live) return;
    try {
      await tasks.stop(taskArn, "it claims no live job");
      stopped++;
      log.warn("stray task stopped", { jobId, dispatch, taskArn, status: job?.status });
    } catch (error) {
      log.error("stray task not stopped; the next pass will", { jobId, dispatch, taskArn, error });
    }
  });
  return stopped;
}

async function eachOf<Item>(items: readonly Item[], action: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await action(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
