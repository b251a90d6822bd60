import { isTerminal } from "@sluice/contract/job";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { notifyDependents } from "./dependents.ts";
import { eventOf } from "./event.ts";
import { measuresOf } from "./measures.ts";

type EndPorts = Pick<Ports, "store" | "log" | "metrics" | "events" | "now" | "settings">;

/**
 * The writer of a terminal state counts the job, notifies its dependents and publishes its end. After a write of
 * another state there is nothing to do.
 */
export async function afterTerminalWrite(job: Job, ports: EndPorts): Promise<void> {
  if (!isTerminal(job.status)) return;
  ports.metrics.put(measuresOf(job));
  await notifyDependents(job, ports);
  await publishEnd(job, ports);
}

/**
 * Publishes the end of a job, at least once. The record is its outbox: an ended job stays due until EventBridge has
 * taken the event, so sweep publishes what the writer of the terminal state could not. It never fails the job.
 *
 * @returns whether the event was taken
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
