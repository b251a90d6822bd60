import type { JobEvent } from "@sluice/contract/job-event";
import { arrayViews, iso, linksOf, timings } from "../api/view.ts";
import { attemptCount, type Job } from "../record.ts";

/** @param job one that has ended */
export function eventOf(job: Job): JobEvent {
  const { jobId, dispatch, run, owner, operation, labels, status, statusReason, error, usd } = job;
  return {
    v: 1,
    // A run ends once, and a retry raises the dispatch.
    id: `${jobId}-${dispatch}-${status}`,
    ...{ jobId, dispatch, run, owner, operation, labels, status, statusReason },
    ...(error ? { error } : {}),
    target: job.route.target,
    attempts: attemptCount(job),
    timings: timings(job),
    ...(usd === undefined ? {} : { cost: { usd } }),
    ...(job.outputs ? { outputs: arrayViews(job.outputs) } : {}),
    links: linksOf(jobId),
    createdAt: iso(job.createdAt),
    finishedAt: iso(job.finishedAt ?? job.updatedAt),
  };
}
