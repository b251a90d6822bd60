import { isTerminal } from "@sluice/contract/job";
import type { Ports } from "./ports.ts";
import type { Job } from "./record.ts";

/** First look after this many ms; a 64×64 job takes about 30. Then half as much again each time. */
const firstLook = 15;
const longestLook = 500;

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
  if (isTerminal(job.status)) return { job, granted: seconds };
  const giveBack = await waitSlots.take(seconds);
  if (!giveBack) return { job, granted: undefined };
  try {
    const until = now() + seconds * 1000;
    let current = job;
    for (
      let pause = firstLook;
      !isTerminal(current.status) && now() < until;
      pause = Math.min(longestLook, pause * 1.5)
    ) {
      await passing(Math.min(pause, until - now()));
      current = (await store.get(job.jobId)) ?? current;
    }
    return { job: current, granted: seconds };
  } finally {
    await giveBack();
  }
}

function passing(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
