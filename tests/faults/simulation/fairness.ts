import type { Launch } from "../../../jobs/ports.ts";
import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";
import type { Functions } from "./functions.ts";
import type { Table } from "./table.ts";
import type { Watch } from "./watch.ts";

/**
 * The line is first come, first served: who has stood in it since before sweep's last whole pass is not passed
 * by more later ones of the same size than there are slots: one that had its turn, was refused for its shape and
 * comes back, takes a slot by itself. In the storm sweep may be dead for longer than it keeps the line, so this
 * is looked at in calm only.
 */
export class Fairness {
  readonly #clock: Clock;
  readonly #table: Table;
  readonly #watch: Watch;
  readonly #adversary: Adversary;
  readonly #mayPass: number;
  readonly #passed = new Map<string, number>();
  readonly #sweeps: () => Functions["sweeps"];

  constructor(
    world: { clock: Clock; table: Table; watch: Watch; adversary: Adversary },
    sweeps: () => Functions["sweeps"],
    maxTasks: number,
  ) {
    this.#mayPass = maxTasks;
    this.#clock = world.clock;
    this.#table = world.table;
    this.#watch = world.watch;
    this.#adversary = world.adversary;
    this.#sweeps = sweeps;
  }

  onTake({ jobId, dispatch }: Launch): void {
    if (!this.#adversary.calm) return;
    const taker = this.#table.items.get(jobId);
    if (!taker) return;
    const since = taker.lineSince ?? this.#clock.now;
    const lastPass = this.#sweeps().at(-1)?.startedAt ?? 0;
    for (const job of this.#table.items.values()) {
      if (job.step !== "line" || job.lineSince === undefined || job.route.vcpu !== taker.route.vcpu) continue;
      if (job.lineSince >= since || job.lineSince >= lastPass || job.jobId === jobId) continue;
      const times = (this.#passed.get(job.jobId) ?? 0) + 1;
      this.#passed.set(job.jobId, times);
      if (times <= this.#mayPass) continue;
      const passed = `in line since ${job.lineSince}, passed ${times} times, now by ${jobId}-${dispatch} of ${since}`;
      this.#watch.violated("the line is fair", job.jobId, passed);
    }
  }
}
