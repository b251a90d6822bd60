import type { AttemptOutcome, Job } from "../record.ts";

/** What is decided about a job that is sent again. */

/** After a launch whose task never took the job. */
export interface NotStarted extends Partial<Pick<Job, "route" | "spotReclaims" | "spotRefusals">> {
  readonly dueAt: number;
  readonly statusReason: string;
  /** Whether a task of this launch may claim the job after all: RunTask's answer may have been lost. */
  readonly mayClaim: boolean;
}

/** After an attempt that ended without a result. */
export interface Requeue
  extends Pick<Job, "dueAt" | "route" | "countedAttempts" | "uncountedAttempts" | "spotReclaims"> {
  readonly outcome: AttemptOutcome;
  readonly reason: string;
}
