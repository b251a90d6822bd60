import { isTerminal } from "@sluice/contract/job";
import type { Ports } from "./ports.ts";
import type { Job } from "./record.ts";

/** First look after this many ms; a 64×64 job takes about 15. Then half as much again each time. */
const firstLook = 10;
const longestLook = 500;
/** Most small jobs end within this: they need no slot, and two writes are saved. */
const unslotted = 250;

/**
 * Holds until the job is terminal or the time is up, if the stage has a wait slot free.
 *
 * @returns the newest view of the job, and the seconds granted: undefined when no slot was free
 */
export async function waitForEnd(
  job: Job,
  seconds: number,
  { store, waitSlots, now }: Pick<Ports, "store" | "waitSlots" | "now">,
): Promise<{ job: Job; granted: number | undefined }> {
  const start = now();
  const until = start + seconds * 1000;
  let current = job;
  let giveBack: (() => Promise<void>) | undefined;
  try {
    for (let pause = firstLook; !isTerminal(current.status); pause = Math.min(longestLook, pause * 1.5)) {
      if (now() >= until) break;
      if (!giveBack && now() - start >= unslotted) {
        giveBack = await waitSlots.take((until - now()) / 1000);
        if (!giveBack) return { job: current, granted: undefined };
      }
      await passing(Math.min(pause, until - now()));
      current = (await store.get(job.jobId)) ?? current;
    }
    return { job: current, granted: seconds };
  } finally {
    await giveBack?.();
  }
}

function passing(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
