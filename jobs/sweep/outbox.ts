import { isTerminal } from "@sluice/contract/job";
import { concurrently } from "../concurrently.ts";
import { publishEnd } from "../lifecycle/completion.ts";
import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import { timing } from "../timing.ts";

/** After so many in a row that nobody took, nobody will take the next: each may have waited 4 s in vain. */
const refusalsEnough = 10;
/** Looked at in one go; there are further goes while the time lasts. */
const page = 500;
/** Of a pass of sweep, which is killed after 55 s: the jobs that go on had theirs. */
const patience = 15_000;

interface EndCounts {
  announced: number;
  failed: number;
}

/**
 * Announces ends for whoever wrote them and could not. What is not taken is put off, and once it is plain that
 * EventBridge does not answer so is the rest, unasked: one write each instead of seconds.
 */
export async function publishOutbox(ports: Ports): Promise<EndCounts> {
  const { store, log, now } = ports;
  const counts: EndCounts = { announced: 0, failed: 0 };
  const until = now() + patience;
  let refusals = 0;
  let unasked = 0;
  let moved: number;
  let found: number;
  const tell = async (jobId: string): Promise<void> => {
    const job = await store.get(jobId);
    // Announced since, or running again: only the index lags behind.
    if (!job || !isTerminal(job.status) || job.dueAt === undefined || job.dueAt > now()) return;
    log.addContext(logContext(job));
    const ask = refusals < refusalsEnough;
    if (!ask) unasked++;
    const told = ask && (await publishEnd(job, ports));
    if (ask) refusals = told ? 0 : refusals + 1;
    if (told) counts.announced++;
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
        await log.scope(() => tell(jobId));
      } catch (error) {
        counts.failed++;
        log.error("sweep could not announce an end; the next pass will", { jobId, error });
      }
    });
    // A page of which nothing moved would come again.
  } while (found >= page && moved > 0 && now() <= until);
  if (unasked > 0) log.warn("ends put off: EventBridge refuses, or does not answer", { jobs: unasked });
  return counts;
}
