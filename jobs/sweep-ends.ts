import { about } from "./about.ts";
import { announce } from "./end.ts";
import type { Ports } from "./ports.ts";
import type { Job } from "./record.ts";
import { sideBySide } from "./side-by-side.ts";
import { timing } from "./timing.ts";

/** After so many in a row that nobody took, nobody will take the next: each may have waited 4 s in vain. */
const refusalsEnough = 10;
/** What one pass of sweep spends on asking: behind the ends stand jobs that it must move. */
const patience = 15_000;

type Attempt = (jobId: string, look: () => Promise<void>) => Promise<void>;

/**
 * Announces ends for whoever wrote them and could not. Those that are not taken are put off, and so are the others
 * of this pass once it is plain that EventBridge does not answer: one write each instead of seconds.
 */
export class LateEnds {
  readonly #ports: Ports;
  #refusals = 0;
  #left = patience;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** @returns how many are announced or put off */
  async announce(ended: readonly Job[], attempt: Attempt): Promise<number> {
    const { store, log, now } = this.#ports;
    const until = now() + this.#left;
    let moved = 0;
    let unasked = 0;
    await sideBySide(ended, (job) =>
      attempt(job.jobId, async () => {
        log.about(about(job));
        const ask = this.#refusals < refusalsEnough && now() < until;
        if (!ask) unasked++;
        const told = ask && (await announce(job, this.#ports));
        if (ask) this.#refusals = told ? 0 : this.#refusals + 1;
        if (!told) await store.announceAt(job.jobId, job.dispatch, now() + timing.announceAgain);
        moved++;
      }),
    );
    this.#left = Math.max(0, until - now());
    if (unasked > 0) log.warn("ends put off: EventBridge is slow or refuses", { jobs: unasked });
    return moved;
  }
}
