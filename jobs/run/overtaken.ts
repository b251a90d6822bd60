import type { UpdateResult } from "../job-store.ts";
import type { Job } from "../record.ts";
import { timing } from "../timing.ts";

/** A second in all: then the submit has most likely died, and with it nothing that anyone was told of. */
const looks = 10;

/**
 * The conditional write that answers a message. A new job is written and sent side by side, so its message may
 * overtake its record: it waits a moment for it.
 *
 * @param dispatch of the message: only the first is sent by who creates the record
 */
export async function onceWritten(
  dispatch: number,
  write: () => Promise<UpdateResult>,
): Promise<UpdateResult> {
  for (let look = 0; ; look++) {
    const written = await write();
    if (written.ok || dispatch > 1 || look === looks || !overtook(written.job, dispatch)) return written;
    if (!written.job) await new Promise((resolve) => setTimeout(resolve, timing.overtaken));
  }
}

/**
 * No record yet, or one that fits the condition that has just failed: it was created between the write and the read that
 * follows a failed one. With AWS's latencies that is one message of eighty.
 */
const overtook = (job: Job | undefined, dispatch: number): boolean =>
  !job || (job.dispatch === dispatch && job.status === "PENDING");
