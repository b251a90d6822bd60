import type { Clock } from "../../faults/simulation/clock.ts";

/** A token bucket: so many a second, and `burst` at once after a rest. */
export class Rate {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: Clock;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, perSecond: number, burst = perSecond) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = clock.now;
  }

  /** Whether there is anything left; takes nothing. */
  get open(): boolean {
    const { now } = this.#clock;
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    return this.#tokens > 0;
  }

  /** Below zero too: DynamoDB charges a write when it is done, and refuses the next. */
  charge(tokens: number): void {
    this.#tokens -= tokens;
  }

  take(): boolean {
    if (!this.open) return false;
    this.charge(1);
    return true;
  }
}

/** One bucket for each name, made when it is first asked for. */
export function ratesByName(make: (name: string) => Rate): (name: string) => Rate {
  const rates = new Map<string, Rate>();
  return (name) => {
    const rate = rates.get(name) ?? make(name);
    rates.set(name, rate);
    return rate;
  };
}
