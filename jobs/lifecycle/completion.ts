import { isTerminal } from "@sluice/contract/job";
import { concurrently } from "../concurrently.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { sendDependents } from "./dependents.ts";
import { eventOf } from "./event.ts";
import { measuresOf } from "./measures.ts";

type EndPorts = Pick<Ports, "store" | "queue" | "tasks" | "log" | "metrics" | "events" | "now" | "settings">;

/**
 * The writer of a terminal state counts the job, sends the jobs that waited for it and publishes its end. After a write
 * of another state there is nothing to do.
 */
export async function afterTerminalWrite(
  job: Job,
  ports: EndPorts,
  publish: Publish = (ended) => publishEnds([ended], ports),
): Promise<void> {
  if (!isTerminal(job.status)) return;
  ports.metrics.put(measuresOf(job));
  await sendDependents(job, ports);
  await publish(job);
}

/** What is done about the end of a job: publish it now, or together with others. */
export type Publish = (job: Job) => unknown;

type PublishPorts = Pick<EndPorts, "store" | "events" | "log">;

/**
 * Publishes the ends of jobs in one call, at least once. The record is the outbox: an ended job stays due until
 * EventBridge has taken the event, so sweep publishes what the writer of the terminal state could not. It never fails
 * a job.
 *
 * @param jobs at most `limits.events`
 * @returns those whose event was taken
 */
export async function publishEnds(
  jobs: readonly Job[],
  { store, events, log }: PublishPorts,
): Promise<readonly Job[]> {
  const told = ({ jobId, dispatch, status }: Job) => ({ jobId, dispatch, status });
  const published: Job[] = [];
  try {
    const refused = await events.put(jobs.map(eventOf));
    for (const [index, job] of jobs.entries()) {
      const reason = refused.get(index);
      if (reason === undefined) published.push(job);
      else log.error("end not announced: sweep will do it", { ...told(job), reason });
    }
  } catch (error) {
    for (const job of jobs) log.error("end not announced: sweep will do it", { ...told(job), error });
  }
  await concurrently(published, async (job) => {
    try {
      await store.schedulePublication(job.jobId, job.dispatch, undefined);
    } catch (error) {
      log.warn("end announced, and will be once more", { ...told(job), error });
    }
  });
  return published;
}
