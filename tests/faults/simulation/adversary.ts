import type { Chance } from "./chance.ts";
import type { Clock } from "./clock.ts";

/** Everything that is done to the stage: kind → how likely at each opportunity, before the seed's own mood. */
export const faults = {
  "call failed (5xx, throttle)": 0.01,
  "call met a service that is down": 0,
  "call outlasted retries": 0.003,
  "call slow": 0.01,
  "reply lost": 0.01,
  "reply lost for good": 0.002,
  "service down a while": 0.15,
  "index behind": 0.02,
  "message doubled at once": 0.05,
  "message delayed": 0.06,
  "message redelivered after success": 0.02,
  "message of a batch left out": 0.1,
  "function throttled": 0.01,
  "function killed": 0.04,
  "batch killed": 0.2,
  "function killed at its start": 0.01,
  "function or task cut off": 0.06,
  "sweep killed": 0.12,
  "sweep failed to start": 0.06,
  "settle killed": 0.08,
  "submit died after Put": 0.02,
  "express killed": 0.1,
  "express outlasts its time": 0.05,
  "RunTask without capacity": 0.08,
  "Spot without machines for good": 0.3,
  "every start fails for long": 0.25,
  "RunTask throttled": 0.03,
  "RunTask unsure, started": 0.06,
  "RunTask unsure, not started": 0.04,
  "task failed to start": 0.04,
  "task never claims": 0.04,
  "task never exits": 0.03,
  "task slow to start": 0.1,
  "task killed": 0.08,
  "task lost its memory": 0.03,
  "Spot reclaim": 0.25,
  "machine retired": 0.04,
  "task ignores SIGTERM": 0.25,
  "task slow to stop": 0.4,
  "event refused": 0.02,
  "stop event lost": 0.15,
  "stop event doubled": 0.1,
  "stop event late": 0.1,
  "ECS answers of the past": 0.05,
  "poison message": 0,
} as const;

export type Fault = keyof typeof faults;

/** One injected fault, for the history of a job that went wrong. */
export interface Injected {
  readonly at: number;
  readonly fault: Fault;
  readonly detail: string;
}

/** Decides, by the seed, what goes wrong; remembers what did. After `calm` it leaves the stage alone. */
export class Adversary {
  readonly counts = new Map<Fault, number>();
  readonly journal = new Map<string, Injected[]>();
  /** When the faults stopped, epoch ms. */
  calmSince: number | undefined;
  readonly #mood = new Map<Fault, number>();
  readonly chance: Chance;
  readonly #clock: Clock;

  constructor(chance: Chance, clock: Clock) {
    this.chance = chance;
    this.#clock = clock;
    // Each seed has its own weather: one fault may rage while another stays away.
    for (const fault of Object.keys(faults) as Fault[]) {
      this.#mood.set(fault, faults[fault] * chance.pick([0, 0.3, 1, 1, 3]));
    }
  }

  get calm(): boolean {
    return this.calmSince !== undefined;
  }

  strikes(fault: Fault, jobId: string | undefined, detail = ""): boolean {
    // Drawn even when calm: the draws of a run must not depend on when it was asked.
    const hit = this.chance.hit(this.#mood.get(fault) ?? 0);
    if (!hit || this.calm) return false;
    this.note(fault, jobId, detail);
    return true;
  }

  /** The same for what may strike later: whoever lets it strike notes it then. */
  likely(fault: Fault): boolean {
    return this.chance.hit(this.#mood.get(fault) ?? 0) && !this.calm;
  }

  note(fault: Fault, jobId: string | undefined, detail = ""): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    if (jobId === undefined) return;
    const injected = this.journal.get(jobId) ?? [];
    injected.push({ at: this.#clock.now, fault, detail });
    this.journal.set(jobId, injected);
  }
}
