import type { Attempt, Job } from "../record.ts";
import type { Settings } from "../settings.ts";
import type { Finish } from "./evidence.ts";
import { type NewJob, newJob } from "./new-job.ts";
import { claimed, finished } from "./transitions.ts";

/** What a submit that computed the job itself has to say of it. */
export interface AtOnce {
  /** The attempt as a claim would have written it. */
  readonly attempt: Attempt;
  /** Random, as that of a claim; the keys of the result have it too. */
  readonly worker: string;
  readonly end: Finish;
}

/** The record of a job that submit computed before it wrote it: what claim and finish would have made of a new one. */
export function endedAtOnce(
  submitted: NewJob,
  { attempt, worker, end }: AtOnce,
  finishedAt: number,
  settings: Pick<Settings, "retentionDays">,
): Job {
  const job = newJob(submitted, attempt.startedAt, settings);
  const running = { ...job, ...claimed(worker, finishedAt, attempt), attempts: [attempt] } as Job;
  const { changes } = finished(running, end, finishedAt);
  // Nobody else publishes its end: sweep does so in its next pass.
  const ended = { ...running, ...changes, updatedAt: finishedAt, dueAt: finishedAt, sentAt: undefined };
  return Object.fromEntries(
    Object.entries(ended).filter(([, value]) => value !== undefined),
  ) as unknown as Job;
}
