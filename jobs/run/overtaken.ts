import type { UpdateResult } from "../job-store.ts";
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
    if (written.ok || written.job || dispatch > 1 || look === looks) return written;
    await new Promise((resolve) => setTimeout(resolve, timing.overtaken));
  }
}
