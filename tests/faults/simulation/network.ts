import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";
import { current, type Machine, never } from "./machine.ts";

/** The SDK repeats a request this often (its default), a few hundred milliseconds apart. */
const sdkAttempts = 3;

export type Service = "DynamoDB" | "S3" | "SQS" | "ECS" | "EventBridge";

/** An answer that is not the service's refusal but its failure. */
export class ServiceFailure extends Error {
  override readonly name = "ServiceUnavailable";
}

/** The road between our code and AWS: latency, failures, lost replies, and nobody left to hear the answer. */
export class Network {
  readonly #clock: Clock;
  readonly #adversary: Adversary;
  readonly #downUntil = new Map<Service, number>();

  constructor(clock: Clock, adversary: Adversary) {
    this.#clock = clock;
    this.#adversary = adversary;
  }

  /** Most calls of a service fail until then. */
  breakDown(service: Service, milliseconds: number): void {
    this.#adversary.note("service down a while", undefined);
    this.#downUntil.set(service, this.#clock.now + milliseconds);
  }

  /**
   * One SDK call: `effect` happens at the service, once for every request that arrives there. What it
   * throws is the service's considered answer and is not repeated.
   */
  async call<Value>(
    service: Service,
    name: string,
    jobId: string | undefined,
    effect: () => Value,
  ): Promise<Value> {
    const machine = current();
    const adversary = this.#adversary;
    const { chance } = adversary;
    for (let attempt = 1; ; attempt++) {
      if (attempt > 1) await this.#clock.sleep(chance.between(50, 400) * attempt);
      if (isDead(machine)) return never();
      await this.#whileCutOff(machine);
      await this.#travel(machine, name, jobId);
      if (isDead(machine)) {
        // Killed with the request on the wire: it may arrive all the same.
        if (chance.hit(0.5)) quietly(effect);
        return never();
      }
      const last = attempt === sdkAttempts;
      if (this.#fails(service, name, jobId)) {
        if (last) throw new ServiceFailure(`${service} ${name}: no answer worth the name`);
        continue;
      }
      const forGood = adversary.strikes("call outlasted retries", jobId, name);
      if (forGood) throw new ServiceFailure(`${service} ${name}: InternalServerError, again and again`);
      const value = effect();
      if (adversary.strikes("reply lost for good", jobId, name)) {
        throw new ServiceFailure(`${service} ${name}: socket hang up, again and again`);
      }
      if (!last && adversary.strikes("reply lost", jobId, name)) continue;
      return isDead(machine) ? never() : value;
    }
  }

  /** There and back. The world moves on meanwhile, whoever died. */
  async #travel(machine: Machine | undefined, name: string, jobId: string | undefined): Promise<void> {
    const { chance } = this.#adversary;
    const slow = this.#adversary.strikes("call slow", jobId, name);
    const latency = slow ? chance.spread(300, 8000) : chance.between(1, 12);
    // One timer in the world, so that a request outlives the machine that sent it.
    await (machine ? this.#clock.pass(latency) : this.#clock.sleep(latency));
  }

  async #whileCutOff(machine: Machine | undefined): Promise<void> {
    const wait = (machine?.cutUntil ?? 0) - this.#clock.now;
    if (wait <= 0) return;
    if (this.#adversary.chance.hit(0.5)) {
      await this.#clock.sleep(wait);
      return;
    }
    await this.#clock.sleep(Math.min(wait, 3000));
    throw new ServiceFailure("connect ETIMEDOUT");
  }

  #fails(service: Service, name: string, jobId: string | undefined): boolean {
    const down = (this.#downUntil.get(service) ?? 0) > this.#clock.now && !this.#adversary.calm;
    if (down && this.#adversary.chance.hit(0.8)) {
      this.#adversary.note("call met a service that is down", jobId, `${service} ${name}`);
      return true;
    }
    return this.#adversary.strikes("call failed (5xx, throttle)", jobId, name);
  }
}

function quietly(effect: () => unknown): void {
  try {
    effect();
  } catch {
    // Nobody is left to be told.
  }
}

/** Asked anew after every wait: machines die meanwhile. */
function isDead(machine: Machine | undefined): boolean {
  return machine?.alive === false;
}
