import type { ArrayView, JobView, Status, Target } from "./job.ts";

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
  readonly error?: JobView["error"];
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
