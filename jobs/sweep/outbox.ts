import { isTerminal } from "@sluice/contract/job";
import { concurrently } from "../concurrently.ts";
import { publishEnd } from "../lifecycle/completion.ts";
import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import { timing } from "../timing.ts";

/** After so many refusals in a row EventBridge is taken to be down: each may have cost 4 s. */
const refusalsEnough = 10;
/** Jobs read at once; further pages follow while there is time. */
const page = 500;
/** Of a pass of sweep, which is killed after 55 s: live jobs were looked at first. */
const timeBudget = 15_000;

interface EndCounts {
  announced: number;
  failed: number;
}

/**
 * Publishes the ends that their writers could not. An end that EventBridge does not take is put off. Once it is
 * taken to be down, the rest is put off without a try: one write each instead of 4 s.
 */
export async function publishOutbox(ports: Ports): Promise<EndCounts> {
  const { store, log, now } = ports;
  const counts: EndCounts = { announced: 0, failed: 0 };
  const until = now() + timeBudget;
  let refusals = 0;
  let unasked = 0;
  let moved: number;
  let found: number;
  const publish = async (jobId: string): Promise<void> => {
    const job = await store.get(jobId);
    // Published since, or running again: only the index lags behind.
    if (!job || !isTerminal(job.status) || job.dueAt === undefined || job.dueAt > now()) return;
    log.addContext(logContext(job));
    const ask = refusals < refusalsEnough;
    if (!ask) unasked++;
    const published = ask && (await publishEnd(job, ports));
    if (ask) refusals = published ? 0 : refusals + 1;
    if (published) counts.announced++;
    else await store.schedulePublication(jobId, job.dispatch, now() + timing.publishAgain);
    moved++;
  };
  do {
    moved = 0;
    const due = await store.unpublished(now(), page);
    found = due.length;
    await concurrently(due, async ({ jobId }) => {
      if (now() > until) return;
      try {
        await log.scope(() => publish(jobId));
      } catch (error) {
        counts.failed++;
        log.error("sweep could not announce an end; the next pass will", { jobId, error });
      }
    });
    // A page of which nothing moved would be read again.
  } while (found >= page && moved > 0 && now() <= until);
  if (unasked > 0) log.warn("ends put off: EventBridge refuses, or does not answer", { jobs: unasked });
  return counts;
}
