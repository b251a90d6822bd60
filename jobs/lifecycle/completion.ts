import { isTerminal } from "@sluice/contract/job";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { notifyDependents } from "./dependents.ts";
import { eventOf } from "./event.ts";
import { measuresOf } from "./measures.ts";

type EndPorts = Pick<Ports, "store" | "log" | "metrics" | "events" | "now">;

/**
 * What follows a write of a job's state, when it was the one that ended it: whoever wrote it counts it, wakes the
 * jobs that wait for it, and announces it.
 */
export async function afterWrite(job: Job, ports: EndPorts): Promise<void> {
  if (!isTerminal(job.status)) return;
  ports.metrics.put(measuresOf(job));
  await notifyDependents(job, ports);
  await publishEnd(job, ports);
}

/**
 * Tells the world that a job has ended, at least once: an ended job stays due until that is done, so that sweep does
 * it for whoever died or was not heard. It never fails the job.
 *
 * @returns whether it was told
 */
export async function publishEnd(
  job: Job,
  { store, events, log }: Pick<EndPorts, "store" | "events" | "log">,
): Promise<boolean> {
  const { jobId, dispatch, status } = job;
  try {
    await events.put(eventOf(job));
  } catch (error) {
    log.error("end not announced: sweep will do it", { jobId, dispatch, status, error });
    return false;
  }
  try {
    await store.schedulePublication(jobId, dispatch, undefined);
  } catch (error) {
    log.warn("end announced, and will be once more", { jobId, dispatch, status, error });
  }
  return true;
}
