import type { Clock } from "../../faults/simulation/clock.ts";
import type { Cap } from "./limits.ts";

interface Hit {
  /** Milliseconds from the beginning. */
  readonly first: number;
  count: number;
}

/** Which limits refused something or held it back, when first, and how often. */
export class Hits {
  readonly byCap = new Map<Cap, Hit>();
  readonly #clock: Clock;
  readonly #start: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.now;
  }

  add(cap: Cap): void {
    const hit = this.byCap.get(cap);
    if (hit) hit.count++;
    else this.byCap.set(cap, { first: this.#clock.now - this.#start, count: 1 });
  }
}
