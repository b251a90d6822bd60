import type { TaskRequest } from "../../../jobs/ports.ts";
import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";

const minute = 60_000;

export type BadDay = "no Spot" | "failing starts";

/** Fargate when it has no machines or cannot start tasks for longer than ten tries a minute apart would last. */
export class BadDays {
  readonly #clock: Clock;
  readonly #adversary: Adversary;
  /** These are no faults that end with the storm: a want of machines may last for good. */
  #spotGoneFrom = Infinity;
  #failing = { from: Infinity, to: Infinity };

  constructor(clock: Clock, adversary: Adversary) {
    this.#clock = clock;
    this.#adversary = adversary;
  }

  /** Some seeds have both, some one, most none; `asked` adds one. */
  plan(storm: number, asked: BadDay | undefined): void {
    const { chance } = this.#adversary;
    const start = this.#clock.now;
    const noSpot = this.#adversary.likely("Spot without machines for good");
    if (noSpot || asked === "no Spot") this.#spotGoneFrom = start + chance.between(0, storm / 3);
    const failing = this.#adversary.likely("every start fails for long");
    if (!failing && asked !== "failing starts") return;
    const from = start + chance.between(0, storm / 5);
    this.#failing = { from, to: from + chance.between(25 * minute, 45 * minute) };
  }

  /** Whether this launch finds no machine: none on Spot, and on demand as many as are wanted. */
  refuses({ jobId, spot }: TaskRequest): boolean {
    const refused = spot && this.spotIsGone;
    if (refused) this.#adversary.note("Spot without machines for good", jobId);
    return refused;
  }

  failsToStart({ jobId }: TaskRequest): boolean {
    const { from, to } = this.#failing;
    const fails = this.#clock.now >= from && this.#clock.now < to;
    if (fails) this.#adversary.note("every start fails for long", jobId);
    return fails;
  }

  /** When tasks start again; in the past when they do. */
  get startsFrom(): number {
    return this.#failing.to === Infinity ? 0 : this.#failing.to;
  }

  get spotIsGone(): boolean {
    return this.#clock.now >= this.#spotGoneFrom;
  }
}
