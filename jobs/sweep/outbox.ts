import { isTerminal } from "@sluice/contract/job";
import { concurrently } from "../concurrently.ts";
import { publishEnds } from "../lifecycle/completion.ts";
import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { limits, timing } from "../timing.ts";

/** After so many calls in a row that took no event EventBridge is taken to be down: each may have cost 4 s. */
const refusalsEnough = 10;
/** Jobs read at once; further pages follow while there is time. */
const page = 500;
/** Of a pass of sweep, which is killed after 55 s: live jobs were looked at first, for 35 s at most. */
const timeBudget = 15_000;
/** Into the pass, when live jobs took less: a call under way then may still take 4 s. */
const timeInPass = 45_000;

interface EndCounts {
  announced: number;
  failed: number;
}

/**
 * Publishes the ends that their writers could not, or did not because their caller waited, ten in one call. An end that
 * EventBridge does not take is put off. Once it is taken to be down, the rest is put off without a try: one write each
 * instead of 4 s.
 *
 * @param passBegan epoch milliseconds
 */
export async function publishOutbox(ports: Ports, passBegan: number): Promise<EndCounts> {
  const { store, log, now } = ports;
  const counts: EndCounts = { announced: 0, failed: 0 };
  const until = Math.max(now() + timeBudget, passBegan + timeInPass);
  let refusals = 0;
  let unasked = 0;
  let moved: number;
  let found: number;
  const isolated = async (what: Record<string, unknown>, step: () => Promise<void>): Promise<void> => {
    if (now() > until) return;
    try {
      await log.scope(step);
    } catch (error) {
      counts.failed++;
      log.error("sweep could not announce an end; the next pass will", { ...what, error });
    }
  };
  const publish = async (jobs: readonly Job[]): Promise<void> => {
    const ask = refusals < refusalsEnough;
    if (!ask) unasked += jobs.length;
    const published = ask ? await publishEnds(jobs, ports) : [];
    if (ask) refusals = published.length > 0 ? 0 : refusals + 1;
    counts.announced += published.length;
    moved += published.length;
    await concurrently(
      jobs.filter((job) => !published.includes(job)),
      ({ jobId, dispatch }) =>
        isolated({ jobId }, async () => {
          await store.schedulePublication(jobId, dispatch, now() + timing.publishAgain);
          moved++;
        }),
    );
  };
  do {
    moved = 0;
    const due = await store.unpublished(now(), page);
    found = due.length;
    const ended: Job[] = [];
    await concurrently(due, ({ jobId }) =>
      isolated({ jobId }, async () => {
        const job = await store.get(jobId);
        // Published since, or running again: only the index lags behind.
        if (!job || !isTerminal(job.status) || job.dueAt === undefined || job.dueAt > now()) return;
        log.addContext(logContext(job));
        ended.push(job);
      }),
    );
    await concurrently(inChunks(ended, limits.events), (jobs) =>
      isolated({ jobIds: jobs.map(({ jobId }) => jobId) }, () => publish(jobs)),
    );
    // A page of which nothing moved would be read again.
  } while (found >= page && moved > 0 && now() <= until);
  if (unasked > 0) log.warn("ends put off: EventBridge refuses, or does not answer", { jobs: unasked });
  return counts;
}

function inChunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
