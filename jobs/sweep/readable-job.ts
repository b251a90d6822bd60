import type { Ports } from "../ports.ts";
import { type Job, NewerRecord } from "../record.ts";

/**
 * For those who go through many jobs: one that a later release wrote is passed over, so that it holds up none of the
 * others.
 */
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
