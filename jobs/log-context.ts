import { attemptCount, type Job } from "./record.ts";

/** What every log line about a job says of it. Its params, labels and data are nobody's business there. */
export function logContext(job: Job) {
  const { jobId, dispatch, owner, trace } = job;
  return { jobId, dispatch, attempt: attemptCount(job), owner, ...(trace === undefined ? {} : { trace }) };
}
