import type { Clock } from "../../faults/simulation/clock.ts";
import { type Machine, within } from "../../faults/simulation/machine.ts";
import type { Hits } from "./hits.ts";
import { type Cap, limits } from "./limits.ts";
import { Rate, ratesByName } from "./rate.ts";

/** As jobs/cost/calls-per-job.ts assumes a cold start to take. */
const coldStart = 400;

/** Lambda's environments: how many at once, how fast new ones come, and which are warm. */
export class Lambdas {
  /** The most functions that ran at once. */
  peak = 0;
  /** Of all functions together, cold starts included. */
  milliseconds = 0;
  readonly #clock: Clock;
  readonly #hits: Hits;
  readonly #most: number;
  readonly #requests: Rate;
  readonly #fresh: (name: string) => Rate;
  readonly #warm = new Map<string, number>();
  readonly #reserved: Readonly<Record<string, number>>;
  readonly #busyOf = new Map<string, number>();
  #busy = 0;

  /** @param reserved the most of single functions at once, by name */
  constructor(clock: Clock, hits: Hits, concurrency: number, reserved: Readonly<Record<string, number>>) {
    this.#reserved = reserved;
    this.#clock = clock;
    this.#hits = hits;
    this.#most = concurrency;
    this.#requests = new Rate(clock, 10 * concurrency);
    const { most } = limits.lambdaScaling;
    this.#fresh = ratesByName(() => new Rate(clock, most / 10, most));
  }

  /** Runs a function, cold or warm; undefined when Lambda refuses. It is killed at its time-out. */
  invoke<Value>(name: string, timeout: number, run: () => Promise<Value>): Promise<Value> | undefined {
    const mine = this.#busyOf.get(name) ?? 0;
    if (mine >= (this.#reserved[name] ?? Number.POSITIVE_INFINITY)) return this.#refuse("httpConcurrency");
    if (this.#busy >= this.#most) return this.#refuse("lambdaConcurrency");
    if (!this.#requests.take()) return this.#refuse("lambdaRequests");
    const warm = this.#warm.get(name) ?? 0;
    if (warm === 0 && !this.#fresh(name).take()) return this.#refuse("lambdaScaling");
    if (warm > 0) this.#warm.set(name, warm - 1);
    this.#busy++;
    this.#busyOf.set(name, mine + 1);
    this.peak = Math.max(this.peak, this.#busy);
    const machine: Machine = {
      name,
      jobId: undefined,
      memoryMiB: 0,
      alive: true,
      cutUntil: 0,
      outOfMemory: () => undefined,
    };
    return within(machine, () => this.#run(machine, name, timeout, warm > 0, run));
  }

  async #run<Value>(
    machine: Machine,
    name: string,
    timeout: number,
    warm: boolean,
    run: () => Promise<Value>,
  ): Promise<Value> {
    const started = this.#clock.now;
    if (!warm) await this.#clock.sleep(coldStart);
    const killed = new Promise<never>((_, reject) => {
      this.#clock.later(timeout, () => {
        machine.alive = false;
        reject(new Error(`${name}: killed after ${timeout / 1000} s`));
      });
    });
    try {
      return await Promise.race([run(), killed]);
    } finally {
      this.#busy--;
      this.#busyOf.set(name, (this.#busyOf.get(name) ?? 0) - 1);
      this.milliseconds += this.#clock.now - started;
      if (machine.alive) this.#warm.set(name, (this.#warm.get(name) ?? 0) + 1);
    }
  }

  #refuse(cap: Cap): undefined {
    this.#hits.add(cap);
    return undefined;
  }
}
