import { isTerminal } from "@sluice/contract/job";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";

/** Bounds of one pause between two looks, in ms. A look reads every job that has not ended: half a read unit each. */
const least = 20;
const most = 1000;

/**
 * Holds until all jobs have ended or the time is up, if the stage has a wait slot free.
 *
 * @returns the jobs as they were last seen, and the seconds granted: undefined when no slot was free
 */
export async function waitForBatch(
  jobs: readonly Job[],
  seconds: number,
  { store, waitSlots, now }: Pick<Ports, "store" | "waitSlots" | "now">,
): Promise<{ jobs: readonly Job[]; granted: number | undefined }> {
  const until = now() + seconds * 1000;
  const release = await waitSlots.take(seconds);
  if (!release) return { jobs, granted: undefined };
  try {
    let current = jobs;
    for (let pause = least; ; pause = Math.min(most, pause * 1.5)) {
      const live = current.filter(({ status }) => !isTerminal(status));
      const left = until - now();
      if (live.length === 0 || left <= 0) return { jobs: current, granted: seconds };
      await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
      const read = await store.getMany(live.map(({ jobId }) => jobId));
      const latest = new Map(read.map((job) => [job.jobId, job]));
      current = current.map((job) => latest.get(job.jobId) ?? job);
    }
  } finally {
    await release();
  }
}
