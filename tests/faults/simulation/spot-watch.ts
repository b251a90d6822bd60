import type { Launch, TaskRequest } from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import { limits } from "../../../jobs/timing.ts";

/**
 * Counts how often Spot had no machine for a job, by what ECS answered and what the record took note of: a refusal
 * whose launcher died before it wrote anything is not the job's to know.
 */
export class SpotWatch {
  /** Jobs for which Spot was asked once too often. */
  readonly keptThere = new Set<string>();
  /** Launches that were refused, or ended, because Spot had no machine. */
  readonly #refused = new Set<string>();
  readonly #noted = new Map<string, { run: number; times: number }>();

  refused(launch: Launch): void {
    this.#refused.add(nameOf(launch));
  }

  onWrite(before: Job | undefined, after: Job): void {
    const { jobId, run } = after;
    const known = this.#noted.get(jobId);
    if (known?.run !== run) this.#noted.set(jobId, { run, times: 0 });
    if (!before || after.refusals <= before.refusals) return;
    if (!this.#refused.has(nameOf(before))) return;
    this.#noted.set(jobId, { run, times: (this.#noted.get(jobId)?.times ?? 0) + 1 });
  }

  /** What is wrong with a launch; undefined when nothing is. */
  wrongLaunch({ jobId, spot }: TaskRequest): string | undefined {
    const times = this.#noted.get(jobId)?.times ?? 0;
    if (!spot || times < limits.spotRefusals) return undefined;
    this.keptThere.add(jobId);
    return `Spot is asked again after ${times} refusals`;
  }
}

function nameOf({ jobId, dispatch }: Launch): string {
  return `${jobId}-${dispatch}`;
}
