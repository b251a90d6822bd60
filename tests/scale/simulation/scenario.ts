import { isTerminal } from "@sluice/contract/job";
import { Chance } from "../../faults/simulation/chance.ts";
import { Clock, onVirtualTime } from "../../faults/simulation/clock.ts";
import type { Cap } from "./limits.ts";
import { LimitedStage, type StageSize } from "./stage.ts";

const second = 1000;
const start = Date.UTC(2026, 10, 23, 12);

export interface Scenario {
  readonly name: string;
  /** Submits a second, at random moments, for so many seconds. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly owners: number;
  /** Whether callers ask with `Prefer: wait`, so that submit computes the job itself. */
  readonly waits?: boolean;
  readonly size: StageSize;
  readonly seed: number;
}

export interface Outcome {
  readonly offered: number;
  readonly accepted: number;
  /** HTTP status → how many requests, looks at jobs included. */
  readonly refused: Readonly<Record<number, number>>;
  readonly completed: number;
  /** Seconds from submit to the end. */
  readonly p50: number;
  readonly p99: number;
  /** Messages that waited, at most. */
  readonly backlog: number;
  /** Seconds from the last submit until all jobs had ended; undefined when they had not within half an hour. */
  readonly drained: number | undefined;
  /** In the order in which they first refused something or held it back, with the second and how often. */
  readonly hits: readonly { readonly cap: Cap; readonly second: number; readonly count: number }[];
  /** Seconds from the end of a job to its event: the latest of 99 in 100. */
  readonly announcedP99: number;
  readonly functionsAtOnce: number;
  /** Seconds of all functions, for each job. */
  readonly functionSeconds: number;
  readonly sweeps: { readonly ended: number; readonly killed: number };
  /** Write units of each job: of the table, of each index and of each of its partitions. */
  readonly unitsPerJob: Readonly<Record<string, number>>;
  /** Dollars of one job, as its own estimate says. */
  readonly usd: number;
}

/** Lives through the arrivals and what comes after them, on virtual time. The same seed gives the same outcome. */
export async function simulate({
  perSecond,
  seconds,
  owners,
  waits = false,
  size,
  seed,
}: Scenario): Promise<Outcome> {
  const clock = new Clock(start);
  const chance = new Chance(seed);
  const offered = Math.round(perSecond * seconds);
  return onVirtualTime(clock, async () => {
    const stage = new LimitedStage(clock, chance, size);
    stage.start();
    for (let caller = 0; caller < offered; caller++) {
      const owner = `owner-${chance.between(1, owners)}`;
      clock.later(chance.between(0, seconds * second), () => void stage.caller(owner, waits));
    }
    const arrived = start + seconds * second;
    await clock.run(() => clock.now >= arrived + 35 * second);
    const { items } = stage.table;
    const open = () => stage.ends.length < items.size || stage.announced.size < items.size;
    await clock.run(() => !open() || clock.now >= arrived + 1_800 * second);
    const jobs = [...items.values()];
    const lasts = jobs.map(({ finishedAt = 0 }) => finishedAt);
    return {
      offered,
      accepted: jobs.length,
      refused: Object.fromEntries(stage.refused),
      completed: jobs.filter(({ status }) => status === "COMPLETED").length,
      p50: quantile(stage.ends, 0.5) / second,
      p99: quantile(stage.ends, 0.99) / second,
      backlog: stage.source.longest,
      drained: jobs.every(({ status }) => isTerminal(status))
        ? Math.max(0, lasts.reduce((late, at) => Math.max(late, at), 0) - arrived) / second
        : undefined,
      hits: [...stage.hits.byCap].map(([cap, { first, count }]) => ({ cap, second: first / second, count })),
      announcedP99: quantile(stage.announced.values(), 0.99) / second,
      functionsAtOnce: stage.lambdas.peak,
      functionSeconds: stage.lambdas.milliseconds / second / jobs.length,
      sweeps: stage.sweeps,
      unitsPerJob: Object.fromEntries(
        [...stage.table.written].map(([name, units]) => [name, units / jobs.length]),
      ),
      usd: jobs.reduce((sum, { route }) => sum + route.estimate.usd, 0) / jobs.length,
    };
  });
}

function quantile(values: Iterable<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length * q)] ?? Number.NaN;
}
