import { isTerminal } from "@sluice/contract/job";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { PollInterval } from "./poll-interval.ts";

/** Most small jobs end within this: they need no slot, and two writes are saved. */
const unslotted = 250;

/** One per process: each wait learns from the ones before it. */
const sharedPace = new PollInterval();

/**
 * Holds until the job is terminal or the time is up, if the stage has a wait slot free.
 *
 * @returns the newest view of the job, and the seconds granted: undefined when no slot was free
 */
export async function waitForEnd(
  job: Job,
  seconds: number,
  { store, waitSlots, now }: Pick<Ports, "store" | "waitSlots" | "now">,
  pace = sharedPace,
): Promise<{ job: Job; granted: number | undefined }> {
  const start = now();
  const until = start + seconds * 1000;
  let current = job;
  let release: (() => Promise<void>) | undefined;
  try {
    for (let look = 0; !isTerminal(current.status); look++) {
      if (now() >= until) break;
      if (!release && now() - start >= unslotted) {
        release = await waitSlots.take((until - now()) / 1000);
        if (!release) return { job: current, granted: undefined };
      }
      await passing(Math.min(pace.pause(current, look, now()), until - now()));
      current = (await store.get(job.jobId)) ?? current;
    }
    pace.saw(current);
    return { job: current, granted: seconds };
  } finally {
    await release?.();
  }
}

function passing(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
