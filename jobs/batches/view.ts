import type { BatchedJob, BatchView } from "@sluice/contract/batch";
import { isTerminal, type Status } from "@sluice/contract/job";
import { maxListedFailures } from "@sluice/contract/limits";
import { problemDocument } from "@sluice/contract/problem";
import type { Job } from "../record.ts";
import type { AcceptedBatch } from "./submit.ts";

/** A batch as its owner sees it, from the records of its jobs. */
export function batchView(batchId: string, jobs: readonly Job[]): BatchView {
  const counts: Record<Status, number> = { PENDING: 0, PROCESSING: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0 };
  for (const { status } of jobs) counts[status]++;
  const sum = (of: (job: Job) => number) => jobs.reduce((total, job) => total + of(job), 0);
  const self = `/batches/${batchId}`;
  return {
    batchId,
    size: Number(batchId.split("-")[1]),
    counts,
    progress: sum(({ status, progress }) => (isTerminal(status) ? 1 : progress)) / Math.max(1, jobs.length),
    finished: jobs.every(({ status }) => isTerminal(status)),
    cost: {
      predictedUsd: sum(({ route }) => route.estimate.usd),
      usd: sum(({ status, usd = 0 }) => (isTerminal(status) ? usd : 0)),
    },
    failed: jobs
      .flatMap((job) => (job.error ? [{ ...inShort(job), error: job.error }] : []))
      .slice(0, maxListedFailures),
    jobs: jobs.map(inShort),
    links: { self, result: `${self}/result` },
  };
}

/** The same with the items that were refused, in their places. `latest`: its jobs as they are now. */
export function acceptedView({ batchId, items }: AcceptedBatch, latest: readonly Job[]): BatchView {
  const byId = new Map(latest.map((job) => [job.jobId, job]));
  const now = (job: Job) => byId.get(job.jobId) ?? job;
  const jobs = items.flatMap((item) => ("job" in item ? [now(item.job)] : []));
  return {
    ...batchView(batchId, jobs),
    jobs: items.map((item, index) =>
      "job" in item ? inShort(now(item.job)) : { index, problem: problemDocument(item.problem) },
    ),
  };
}

function inShort({ jobId, status, batch }: Job): BatchedJob {
  return { index: batch?.index ?? 0, jobId, status };
}
