import type { JobEvent } from "@sluice/contract/job-event";

/** What the domain tells the people who run a stage, and the programs that react to it. */

export interface Log {
  debug(message: string, fields: Record<string, unknown>): void;
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
  /** Every later line of this scope carries these too: of the invocation or the task, or of what `scope` runs. */
  addContext(fields: Record<string, unknown>): void;
  /** A scope of its own inside this one: for those who look at many jobs side by side. */
  scope<Value>(run: () => Promise<Value>): Promise<Value>;
}

/** Each is one billed series per stage. What they do not tell is in the log's fields. */
export const metricNames = [
  "JobsAccepted",
  "JobsCompleted",
  "JobsFailed",
  "QueueSeconds",
  "ComputeSeconds",
  "ActualOverPredicted",
  "LambdaUsd",
  "FargateUsd",
  "JobsOverdue",
  "TasksFailed",
] as const;

export type Measures = { readonly [Name in (typeof metricNames)[number]]?: number };

export interface Metrics {
  put(measures: Measures): void;
}

/** Where the ends of jobs are told to whoever listens. */
export interface Events {
  /**
   * At most `limits.events` in one call.
   *
   * @returns why an event was not taken, by its index: those must be told again, the others are told
   * @throws when none was taken
   */
  put(events: readonly JobEvent[]): Promise<ReadonlyMap<number, string>>;
}

export interface Trace {
  /** Of the request that is being served. The job carries it through all its hops; only aws/ looks into it. */
  current(): string;
  /** Times one part of an attempt. */
  during<Value>(part: string, run: () => Promise<Value>): Promise<Value>;
}
