import type { Chance } from "../../faults/simulation/chance.ts";
import type { Clock } from "../../faults/simulation/clock.ts";
import { current, never } from "../../faults/simulation/machine.ts";
import type { Hits } from "./hits.ts";
import type { LimitName } from "./limits.ts";

export type Service = "DynamoDB" | "S3" | "SQS" | "EventBridge";

/** Milliseconds of one call, from and to. Assumed: what callers in a region usually report. */
const latency: Readonly<Record<Service, readonly [number, number]>> = {
  DynamoDB: [3, 8],
  S3: [15, 40],
  SQS: [5, 15],
  EventBridge: [10, 30],
};

/** As aws/clients.ts sets them. */
const attempts: Readonly<Record<Service, number>> = { DynamoDB: 4, S3: 4, SQS: 4, EventBridge: 2 };

/** The SDK's standard retries of a throttled request: full jitter below half a second, doubled each time. */
const firstBackoff = 500;

export class Throttled extends Error {
  override readonly name = "ThrottlingException";
}

/** The road to AWS: each call takes its time, and what a limit refuses is tried again as the SDK does. */
export class Services {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #hits: Hits;

  constructor(clock: Clock, chance: Chance, hits: Hits) {
    this.#clock = clock;
    this.#chance = chance;
    this.#hits = hits;
  }

  /** @param refusedBy says which limit refuses the request that has just arrived @throws Throttled */
  async call<Value>(
    service: Service,
    refusedBy: () => LimitName | undefined,
    effect: () => Value,
  ): Promise<Value> {
    const machine = current();
    for (let attempt = 1; ; attempt++) {
      await this.#clock.sleep(this.#chance.between(...latency[service]));
      if (machine?.alive === false) return never();
      const limit = refusedBy();
      if (limit === undefined) return effect();
      this.#hits.add(limit);
      if (attempt === attempts[service]) throw new Throttled(`${service}: ${limit}`);
      await this.#clock.sleep(this.#chance.between(0, firstBackoff * 2 ** (attempt - 1)));
    }
  }
}
