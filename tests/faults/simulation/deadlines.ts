import type { Stage } from "./stage.ts";

const minute = 60_000;

/** A due date may lie a minute behind the deadline, and sweep comes within another; a minute for a slow pass. */
const inCalm = 3 * minute;
/** In the storm sweep may be killed some times in a row, and DynamoDB may be down for two minutes. */
const inStorm = 12 * minute;

/** Looks every minute for jobs that live on past their deadline. */
export function watchDeadlines({ clock, adversary, table, watch }: Stage): void {
  const look = () => {
    const { calmSince = Infinity } = adversary;
    for (const { jobId, status, deadlineAt, finishedAt } of table.items.values()) {
      if (finishedAt !== undefined) continue;
      const end = Math.min(deadlineAt + inStorm, Math.max(deadlineAt, calmSince) + inCalm);
      if (clock.now <= end) continue;
      const late = `${status}, ${(clock.now - deadlineAt) / 1000} s past its deadline`;
      watch.violated("a deadline is kept", jobId, late);
    }
    clock.later(minute, look);
  };
  clock.later(minute, look);
}
