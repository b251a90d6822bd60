import { isTerminal } from "@sluice/contract/job";
import { eventOf } from "../../../jobs/lifecycle/event.ts";
import type { workBatch } from "../../../jobs/run/batch.ts";
import { redrive } from "../../../jobs/sweep/redrive.ts";
import type { BadDay } from "./bad-days.ts";
import { boundOf } from "./bound.ts";
import { Chance } from "./chance.ts";
import { Clock, onVirtualTime } from "./clock.ts";
import { watchDeadlines } from "./deadlines.ts";
import { type Plant, Stage } from "./stage.ts";
import { planStorm } from "./storm.ts";
import { jobIdOf, type Script, script } from "./workload.ts";

const minute = 60_000;
const start = Date.UTC(2026, 10, 23, 12);

/** Everybody is in by then. */
const arrivals = 12 * minute;
/** The faults stop. */
const storm = 30 * minute;
/** From the last end to the last look: StopTask may take 120 s, a lost slot 150 s and two passes of sweep. */
const afterwards = 8 * minute;
/** Time a poison message needs to be received five times, 12 minutes apart, and to be found by sweep. */
const poisonous = 66 * minute;
/** The visibility time-out of a message received just before the cure, and a pass of sweep. */
const lastVisible = 14 * minute;

export interface SeedOptions {
  readonly seed: number;
  readonly jobs: number;
  readonly plant?: Plant | undefined;
  /** What answers messages, where a bug is planted there. */
  readonly work?: typeof workBatch;
  /** Whether one job's messages break the function; the seed decides when it is not said. */
  readonly poison?: boolean;
  /** What is wrong with Fargate for long, beyond what the seed decides. */
  readonly badDay?: BadDay | undefined;
  /** How many times as long as else the end of all jobs may take. */
  readonly patience?: number;
}

export interface SeedResult {
  readonly seed: number;
  readonly stage: Stage;
  readonly scripts: readonly Script[];
  readonly milliseconds: number;
}

/** One whole life of a stage: arrivals and storm, calm, and the last look. */
export async function runSeed({
  seed,
  jobs,
  plant = (ports) => ports,
  work,
  poison: asked,
  badDay,
  patience = 1,
}: SeedOptions): Promise<SeedResult> {
  const startedAt = performance.now();
  const clock = new Clock(start);
  const chance = new Chance(seed);
  const scripts: Script[] = [];
  while (scripts.length < jobs) scripts.push(script(scripts, chance));
  const byId = new Map(scripts.map((each) => [jobIdOf(each), each]));
  const stage = await onVirtualTime(clock, async () => {
    const stage = new Stage(clock, chance, byId, plant, badDay === "no Spot" ? { spot: true } : {}, work);
    stage.cluster.badDays.plan(storm, badDay);
    const drawn = chance.hit(0.3);
    const poison = asked ?? drawn;
    // With its six hours, so that no deadline of its own comes first; with messages; and nobody waits for it, nor it
    // for anybody.
    const parents = new Set(scripts.map(({ parent }) => parent));
    const patient = scripts.filter(
      (each) => each.body.maxSeconds === undefined && !each.waits && !each.parent && !parents.has(each),
    );
    if (poison) stage.poisoned.add(jobIdOf(chance.pick(patient)));
    watchDeadlines(stage);
    planStorm(stage, scripts, { arrivals, storm });
    await clock.run(() => clock.now >= start + storm);
    const calmAt = clock.now;
    stage.adversary.calmSince = calmAt;
    await untilEnded(stage, Math.max(calmAt, stage.cluster.badDays.startsFrom), patience);
    if (poison) {
      await clock.run(() => clock.now >= start + storm + poisonous);
      stage.poisoned.clear();
      // What was received five times before the cure dies at its next receive.
      await clock.run(() => clock.now >= start + storm + poisonous + lastVisible);
      await untilEnded(stage, clock.now);
    }
    await clock.run(() => clock.now >= calmAt + afterwards);
    const endedAt = clock.now;
    await clock.run(() => clock.now >= endedAt + afterwards);
    lastLook(stage);
    if (stage.queue.dead.size > 0) await redriven(stage);
    return stage;
  });
  return { seed, stage, scripts, milliseconds: performance.now() - startedAt };
}

/** Until every job has ended, or should have; the poisoned one has its own hour. */
async function untilEnded(stage: Stage, wellAt: number, patience = 1): Promise<void> {
  const { clock, table, watch, poisoned } = stage;
  const bound = wellAt + patience * (boundOf(stage, wellAt) - wellAt);
  const open = () =>
    [...table.items.values()].filter(({ jobId, status }) => !isTerminal(status) && !poisoned.has(jobId));
  await clock.run(() => clock.now > bound || open().length === 0);
  for (const { jobId, status, step, statusReason, run } of open()) {
    const overdue = `${status} (${step ?? "claimed"}: ${statusReason}), run ${run}, ${(bound - wellAt) / minute} min after the last fault`;
    watch.violated("every job ends in time", jobId, overdue);
  }
}

function lastLook({ table, cluster, slots, queue, watch }: Stage): void {
  for (const job of table.items.values()) {
    const { jobId, status, dueAt } = job;
    if (!isTerminal(status) || (watch.announced.has(eventOf(job).id) && dueAt === undefined)) continue;
    watch.violated("every end is announced", jobId, `${status}, due for it at ${dueAt}`);
  }
  const { written, counted } = watch.ends;
  // Who is killed between the write and the line counts nothing, and nobody counts twice.
  if (counted > written)
    watch.violated("every end is announced", undefined, `${counted} counted, ${written} written`);
  for (const { request, state, desiredStopped } of cluster.notStopped()) {
    watch.violated(
      "no task is left running",
      request.jobId,
      `${request.dispatch} ${state}, stop asked: ${desiredStopped}`,
    );
  }
  for (const { jobId, dispatch, missing } of slots.held.values()) {
    watch.violated(
      "every slot is given back",
      jobId,
      `dispatch ${dispatch}, missing since ${missing?.since}`,
    );
  }
  for (const { jobId, text, innocent } of queue.dead.values()) {
    const job = table.items.get(jobId);
    // Sweep has sent its job once more, and that message got through.
    if (innocent && job && isTerminal(job.status)) continue;
    if (job?.error?.code === "not-delivered" || job?.status === "CANCELLED") continue;
    watch.violated(
      "dead letters are told and redriven",
      jobId,
      `${text} is dead, the job ${job?.status} ${job?.error?.code}`,
    );
  }
  for (const job of table.items.values()) if (job.status === "COMPLETED") watch.checkResult(job);
}

/** What whoever is on call does once the poison is gone: a dry run, then the redrive. */
async function redriven(stage: Stage): Promise<void> {
  const { clock, queue, table, watch, ports } = stage;
  const marked = [...table.items.values()].filter(({ error }) => error?.code === "not-delivered");
  // The last send before sweep told the job is still on its way to them.
  const last = clock.now + poisonous;
  await clock.run(() => clock.now >= last || queue.all.size === 0);
  const letters = queue.dead.size;
  await done(stage, redrive({ dryRun: true, limit: 100 }, ports));
  if (queue.dead.size < letters) {
    watch.violated("dead letters are told and redriven", undefined, `a dry run took some of ${letters}`);
  }
  for (let attempt = 0; attempt < 3 && queue.dead.size > 0; attempt++) {
    // Half past, when sweep is not reading them.
    const at = (Math.floor(clock.now / minute) + 1.5) * minute;
    await clock.run(() => clock.now >= at);
    await done(stage, redrive({ dryRun: false, limit: 100 }, ports));
  }
  await untilEnded(stage, clock.now);
  for (const { jobId } of marked) {
    const job = table.items.get(jobId);
    const again = job?.error?.code === "not-delivered" || job?.run === 1;
    if (again)
      watch.violated(
        "dead letters are told and redriven",
        jobId,
        `after the redrive: run ${job?.run}, ${job?.status}`,
      );
  }
  if (queue.dead.size > 0) {
    watch.violated(
      "dead letters are told and redriven",
      undefined,
      `${queue.dead.size} left after the redrive`,
    );
  }
}

async function done<Value>({ clock, watch }: Stage, work: Promise<Value>): Promise<Value | undefined> {
  let value: Value | undefined;
  let over = false;
  work
    .then(
      (result) => {
        value = result;
      },
      (error) => watch.violated("our code does not break", undefined, `redrive: ${error}`),
    )
    .finally(() => {
      over = true;
    });
  await clock.run(() => over);
  return value;
}
