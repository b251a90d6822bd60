import { isTerminal } from "@sluice/contract/job";
import { eventOf } from "../../../jobs/lifecycle/event.ts";
import { boundOf } from "./bound.ts";
import { Chance } from "./chance.ts";
import { Clock, onVirtualTime } from "./clock.ts";
import type { SeedOptions, SeedResult } from "./run-seed.ts";
import { Stage } from "./stage.ts";
import { jobIdOf, type Script, script } from "./workload.ts";

const minute = 60_000;
const start = Date.UTC(2026, 10, 23, 12);
const arrivals = 3 * minute;

/**
 * A stage in which nothing goes wrong, and in which sweep never runs: chains of jobs, retries, and more large jobs than
 * there are slots. What does not end here waits for sweep.
 */
export async function runGoodDay({
  seed,
  jobs,
  plant = (ports) => ports,
}: Pick<SeedOptions, "seed" | "jobs" | "plant">): Promise<SeedResult> {
  const startedAt = performance.now();
  const clock = new Clock(start);
  const chance = new Chance(seed);
  const scripts = scriptsOf(jobs, chance);
  const byId = new Map(scripts.map((each) => [jobIdOf(each), each]));
  const stage = await onVirtualTime(clock, async () => {
    const stage = new Stage(clock, chance, byId, plant, { spot: false });
    stage.adversary.calmSince = start;
    const parents = new Set(scripts.map(({ parent }) => parent));
    const times = new Map<Script, number>();
    for (const each of scripts) {
      // Who takes the output of another asks for it soon after that one.
      const before = each.parent && times.get(each.parent);
      const at = before === undefined ? chance.between(0, arrivals) : before + chance.spread(20, 20_000);
      times.set(each, at);
      clock.later(at, () => void stage.callers.submit(each));
      // A cancelled parent ends its dependents, and that is sweep's to do.
      if (!parents.has(each) && chance.hit(0.3)) cancelAndRetry(stage, each, at + chance.spread(100, minute));
    }
    await clock.run(() => clock.now >= start + arrivals);
    const bound = boundOf(stage, clock.now);
    const open = () => [...stage.table.items.values()].filter((job) => !isTerminal(job.status));
    await clock.run(() => clock.now > bound || (open().length === 0 && isQuiet(stage)));
    judge(stage);
    return stage;
  });
  return { seed, stage, scripts, milliseconds: performance.now() - startedAt };
}

/** Small and large ones that do as they are planned, and that every account may start. */
function scriptsOf(jobs: number, chance: Chance): Script[] {
  const scripts: Script[] = [];
  while (scripts.length < jobs) {
    const next = script(scripts, chance);
    const plain = (next.kind === "small" || next.kind === "large") && !next.waits;
    const allowed = (next.size?.vcpu ?? 0) <= 2 && next.body.maxSeconds === undefined;
    if (plain && allowed) scripts.push(next);
  }
  return scripts;
}

function cancelAndRetry({ clock, callers, table }: Stage, each: Script, at: number): void {
  clock.later(at, async () => {
    await callers.cancel(each);
    const again = async () => {
      if (table.items.get(jobIdOf(each))?.status === "CANCELLED") await callers.retry(each);
    };
    clock.later(1_000, () => void again());
  });
}

function isQuiet({ cluster, slots }: Stage): boolean {
  return cluster.notStopped().length === 0 && slots.held.size === 0;
}

function judge({ table, watch, slots }: Stage): void {
  for (const job of table.items.values()) {
    const { jobId, status, step, statusReason } = job;
    if (status !== "COMPLETED")
      watch.violated("every job ends in time", jobId, `without sweep: ${status} (${step}: ${statusReason})`);
    else if (!watch.announced.has(eventOf(job).id))
      watch.violated("every end is announced", jobId, "without sweep it was not");
  }
  for (const { jobId, dispatch } of slots.held.values())
    watch.violated("every slot is given back", jobId, `dispatch ${dispatch}, without sweep`);
}
