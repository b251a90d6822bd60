import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { config } from "./config.ts";

/**
 * The stage's few numbers, as EMF lines in the log. Each name is one billed series per stage: owners,
 * operations and jobs belong in the log's fields, never in a dimension.
 */
export type Metric =
  | "JobsAccepted"
  | "JobsCompleted"
  | "JobsFailed"
  | "JobsSwept"
  | "SweepErrors"
  | "TasksStopped";

let metrics: Metrics | undefined;

export function count(metric: Metric, value = 1): void {
  if (value === 0) return;
  metrics ??= new Metrics({
    namespace: "Sluice",
    serviceName: "sluice",
    defaultDimensions: { stage: config().stage },
  });
  // Written at once: invocations may share a process, and a task has no end-of-invocation to flush at.
  metrics.singleMetric().addMetric(metric, MetricUnit.Count, value);
}

/** What a worker's outcome counts as; a job that was given back or lost is counted where it ends. */
export function countOutcome(outcome: string): void {
  if (outcome === "completed") count("JobsCompleted");
  if (outcome === "failed") count("JobsFailed");
}
