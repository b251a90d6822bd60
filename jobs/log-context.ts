import type { Job } from "./record.ts";

/** What every log line about a job says of it. Its params, labels and data are nobody's business there. */
export function logContext({ jobId, dispatch, attempts, owner, trace }: Job) {
  return { jobId, dispatch, attempt: attempts.length, owner, ...(trace === undefined ? {} : { trace }) };
}
