import type { Ports } from "../ports.ts";
import { type Job, NewerRecord } from "../record.ts";

/** Reads one of many jobs. It passes over a record that a later release wrote: that must not hold up the others. */
export async function readableJob(
  jobId: string,
  { store, log }: Pick<Ports, "store" | "log">,
): Promise<Job | undefined> {
  try {
    return await store.get(jobId);
  } catch (error) {
    if (!(error instanceof NewerRecord)) throw error;
    log.warn("job left to a later release", { jobId, error });
    return undefined;
  }
}
