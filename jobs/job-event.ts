import type { ArrayView, JobView, Status, Target } from "@sluice/contract/job";
import type { Job } from "./record.ts";
import { arrayViews, iso, linksOf, timings } from "./view.ts";

/** What others are told of a job's end: docs/events.md. Fields are only ever added; a breaking change is `v: 2`. */
export interface JobEvent {
  readonly v: 1;
  /** The same end told twice has the same id. */
  readonly id: string;
  readonly jobId: string;
  readonly dispatch: number;
  readonly run: number;
  readonly owner: string;
  readonly operation: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: Status;
  readonly statusReason: string;
  readonly error?: Job["error"];
  readonly target: Target;
  readonly attempts: number;
  readonly timings: JobView["timings"];
  readonly cost?: JobView["cost"];
  /** What there is to fetch, not the data: whoever may see that asks the API. */
  readonly outputs?: Readonly<Record<string, ArrayView>>;
  readonly links: JobView["links"];
  readonly createdAt: string;
  readonly finishedAt: string;
}

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
    attempts: job.attempts.length,
    timings: timings(job),
    ...(usd === undefined ? {} : { cost: { usd } }),
    ...(job.outputs ? { outputs: arrayViews(job.outputs) } : {}),
    links: linksOf(jobId),
    createdAt: iso(job.createdAt),
    finishedAt: iso(job.finishedAt ?? job.updatedAt),
  };
}
