import { isTerminal } from "@sluice/contract/job";
import { concurrently } from "../concurrently.ts";
import { logContext } from "../log-context.ts";
import type { Ports, RunningTask } from "../ports.ts";

/** A task younger than this may be about to claim, and its launch may not be written yet. */
const youngTask = 2 * 60_000;

/**
 * Stops orphaned tasks, which claim no live job: Fargate has no time limit of its own, and they would bill for ever.
 *
 * @returns how many were stopped
 */
export async function stopOrphanTasks(
  running: readonly RunningTask[],
  { tasks, store, log, now }: Ports,
): Promise<number> {
  let stopped = 0;
  const old = running.filter(({ createdAt }) => now() - createdAt > youngTask);
  const check = async ({ taskArn, jobId, dispatch }: RunningTask) => {
    try {
      const job = await store.get(jobId);
      log.addContext(job ? { ...logContext(job), dispatch } : { jobId, dispatch });
      if (job && !isTerminal(job.status) && job.dispatch === dispatch) return;
      await tasks.stop(taskArn, "it claims no live job");
      stopped++;
      log.warn("stray task stopped", { jobId, dispatch, taskArn, status: job?.status });
    } catch (error) {
      log.error("stray task not stopped; the next pass will", { jobId, dispatch, taskArn, error });
    }
  };
  await concurrently(old, (task) => log.scope(() => check(task)));
  return stopped;
}
