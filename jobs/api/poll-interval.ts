import type { Job } from "../record.ts";

/** Bounds of one pause between two looks at a job, in ms; the first may sleep longer, it is the informed one. */
const least = 5;
const most = 500;
const mostAtFirst = 2000;
/** What a job costs beyond its prediction on a quiet stage: queue, claim, S3. Where learning starts, in ms. */
const firstGuess = 30;

/**
 * When to look whether a job has ended. Each look is a read and a few ms of CPU, and DynamoDB tells nobody
 * by itself; so a wait first sleeps until jobs like this one have lately ended, and then looks at intervals
 * that fit that time. On a busy stage this takes 2 or 3 looks where doubling from 10 ms takes 8.
 */
export class PollInterval {
  /** What jobs took beyond their prediction, in ms. */
  #overhead = firstGuess;

  /** Ms to sleep before look number `look`, from 0. */
  pause(job: Job, look: number, now: number): number {
    const expected = this.#overhead + job.route.estimate.seconds * 1000;
    if (look === 0) return Math.min(mostAtFirst, Math.max(least, expected - (now - job.createdAt)));
    return Math.min(most, Math.max(least, (expected / 5) * 1.5 ** (look - 1)));
  }

  /**
   * Learns from a job that has ended: fast that the stage got quicker, as that costs callers time, slowly
   * that it got slower, as that costs only looks. One that waited for minutes says nothing about the next.
   */
  saw({ createdAt, finishedAt, route }: Job): void {
    if (finishedAt === undefined) return;
    const overhead = Math.max(0, finishedAt - createdAt - route.estimate.seconds * 1000);
    const gap = Math.min(mostAtFirst, overhead) - this.#overhead;
    this.#overhead += gap < 0 ? gap / 2 : gap / 8;
  }
}
