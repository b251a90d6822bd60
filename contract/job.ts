import type { ArraySpec } from "./array.ts";
import type { ProblemCode } from "./problem.ts";

/** The job as callers see it. Times are ISO 8601 UTC, sizes bytes unless the name says otherwise. */

export const statuses = ["PENDING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"] as const;
export type Status = (typeof statuses)[number];

/** A run ends in exactly one of these, and only `retry` leaves FAILED and CANCELLED again. */
export type TerminalStatus = "COMPLETED" | "FAILED" | "CANCELLED";

export function isTerminal(status: Status): status is TerminalStatus {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
}

/** The lanes, in the order in which a job that may choose tries them. What each is stands in jobs/lanes/. */
export const targets = ["lambda", "fargate"] as const;
export type Target = (typeof targets)[number];

/** Where a job runs and why, with what the plan predicts. */
export interface Route {
  readonly target: Target;
  readonly reason: string;
  readonly memoryMiB: number;
  readonly vcpu: number;
  readonly estimate: {
    readonly flops: number;
    readonly peakBytes: number;
    readonly seconds: number;
    readonly usd: number;
  };
}

export interface ArrayView extends ArraySpec {
  readonly bytes: number;
}

export interface OutputView extends ArrayView {
  /**
   * Presigned link to the `.npy`, once COMPLETED; a small output has none, but its data. A list has neither: they would
   * be most of it. It opens for an hour at most:
   * it also dies with the session of the role that signed it, and S3 then answers 403. Each view has a fresh one.
   */
  readonly url?: string;
  /** The array itself as nested JSON: of a small output, and of others when the caller waited and it fits. */
  readonly data?: unknown;
}

export interface AttemptView {
  readonly attempt: number;
  readonly target: Target;
  readonly memoryMiB: number;
  readonly engine: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly outcome?: string;
  readonly reason?: string;
}

export interface JobView {
  readonly jobId: string;
  readonly status: Status;
  readonly statusReason: string;
  readonly operation: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The batch that it was submitted in, and its place among that batch's jobs. */
  readonly batch?: { readonly batchId: string; readonly index: number };
  readonly inputs: Readonly<Record<string, ArrayView>>;
  readonly progress: number;
  readonly route: Route;
  /** The latest, at most 50. Their numbers go on counting where earlier ones are no longer listed. */
  readonly attempts: readonly AttemptView[];
  /** Of all attempts, listed or not. */
  readonly attemptCount: number;
  readonly outputs?: Readonly<Record<string, OutputView>>;
  /** `hint`: what can be done about it, where a retry is no help. */
  readonly error?: { readonly code: ProblemCode; readonly message: string; readonly hint?: string };
  readonly cost?: { readonly usd: number };
  readonly timings: {
    readonly queuedSeconds?: number;
    readonly computeSeconds?: number;
    readonly totalSeconds?: number;
  };
  readonly links: { readonly self: string; readonly status: string; readonly result: string };
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly finishedAt?: string;
}

export interface StatusView {
  readonly jobId: string;
  readonly status: Status;
  readonly statusReason: string;
  readonly progress: number;
  readonly updatedAt: string;
}

/** What a result can be had as; the first is what who takes anything gets. */
export const resultTypes = ["application/json", "application/x-npy", "text/csv", "application/zip"] as const;
export type ResultType = (typeof resultTypes)[number];

export interface ResultView extends ArraySpec {
  readonly result: unknown;
}
