import { isTerminal } from "@sluice/contract/job";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cancelJob, retryJob } from "../../../jobs/api/own-jobs.ts";
import { eventOf } from "../../../jobs/lifecycle/event.ts";
import { settle } from "../../../jobs/lifecycle/settle.ts";
import type { Compute, Ports } from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import type { Machine } from "../../../jobs/run/claim.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import {
  forgotten,
  memoryWorld,
  type StartedTask,
  stoppedTask,
  type World,
} from "../../support/jobs/memory-ports.ts";
import { outputFile } from "../../support/jobs/output-file.ts";
import { died, outOfMemory, spotReclaim, start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, lasting, submitted } from "../../support/jobs/submitting.ts";

/**
 * The use cases together, on a virtual clock, with everything going wrong that a schedule can hold:
 * messages lost, doubled and reordered, workers killed without a word, replies dropped, services down.
 */

beforeEach(() => {
  vi.useFakeTimers({ now: start });
});
afterEach(() => {
  vi.useRealTimers();
});

const fates = [
  "completes",
  "is slow",
  "is killed",
  "is killed",
  "runs out of memory",
  "is reclaimed",
] as const;
type Fate = (typeof fates)[number];

const fate = fc.constantFrom(...fates);
const happening = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom("deliver" as const, "deliver twice" as const), fate }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose" as const), fate }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("start task" as const), fate }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom("sweep" as const, "stop event" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("cancel" as const, "retry" as const, "retry" as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("break" as const),
      call: fc.constantFrom(
        ...(["store.update", "store.get", "queue.send", "queue.waiting"] as const),
        ...(["events.put", "store.schedulePublication"] as const),
        ...(["objects.get", "objects.put", "tasks.run", "tasks.stop", "tasks.describe"] as const),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("refuse" as const),
      refusal: fc.constantFrom("capacity" as const, "busy" as const, "shape" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop replies" as const), on: fc.boolean() }) },
);
const schedule = fc.array(fc.record({ what: happening, wait: fc.oneof(fc.nat(2_000), fc.nat(90_000)) }), {
  minLength: 10,
  maxLength: 60,
  size: "max",
});
const bodies = fc.constantFrom(
  {
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
    maxSeconds: 1800,
  },
  {
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
    maxSeconds: 1800,
    target: "fargate",
  },
  {
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
    maxSeconds: 200,
    target: "lambda",
  },
);

/** A worker of this fate. One that is killed says nothing more: from then on its ports are dead. */
function worker(
  launch: { jobId: string; dispatch: number },
  machine: Machine,
  fate: Fate,
  world: World,
): Promise<unknown> {
  if (fate === "completes") return runJob(launch, machine, compute, world.ports);
  if (fate === "is slow") return runJob(launch, machine, lasting(100_000), world.ports);
  let alive = true;
  const dying: Compute = async () => {
    alive = false;
    return new Promise(() => undefined);
  };
  const mortal = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, method) =>
        alive ? Reflect.get(target, method) : async () => new Promise(() => undefined),
    });
  const ports: Ports = {
    ...world.ports,
    store: mortal(world.ports.store),
    objects: mortal(world.ports.objects),
  };
  return runJob(launch, machine, dying, ports);
}

const stops = { "is killed": died, "runs out of memory": outOfMemory, "is reclaimed": spotReclaim } as const;

function startTask(task: StartedTask, fate: Fate, world: World): void {
  const { taskArn } = task.observation;
  if (task.observation.state === "stopped") return;
  task.observation = { state: "running", taskArn };
  const run = worker(task.request, { target: "fargate", taskArn }, fate, world);
  const stop = (how: typeof died) => {
    if (task.observation.state !== "stopped") task.observation = { ...how, taskArn };
  };
  if (fate in stops) stop(stops[fate as keyof typeof stops]);
  run.then(
    () => stop(stoppedTask(taskArn, "EssentialContainerExited", { exitCode: 0 })),
    () => stop(died),
  );
}

/** A promise nobody waits for: what throws is what the queue or the schedule would repeat. */
const started = (run: Promise<unknown>) => void run.catch(() => undefined);

function happen(
  what: typeof happening extends fc.Arbitrary<infer Value> ? Value : never,
  jobId: string,
  world: World,
): void {
  const { ports } = world;
  switch (what.kind) {
    case "deliver":
    case "deliver twice":
    case "lose": {
      const message = world.messages.shift();
      if (!message || what.kind === "lose") return;
      for (let time = what.kind === "deliver" ? 1 : 0; time < 2; time++) {
        const machine = lambdaMachine();
        started(
          message.target === "lambda"
            ? worker(message, machine, what.fate, world)
            : work(message, machine, compute, ports),
        );
      }
      return;
    }
    case "start task": {
      const task = world.started.find(({ observation }) => observation.state === "starting");
      if (task) startTask(task, what.fate, world);
      return;
    }
    case "stop event":
      for (const { request, observation } of world.started) {
        if (observation.state === "stopped") started(settle(request, observation, ports));
      }
      return;
    case "sweep":
      started(sweep(ports));
      return;
    case "cancel":
      started(cancelJob(jobId, "local", ports));
      return;
    case "retry":
      started(retryJob(jobId, "local", ports));
      return;
    case "break":
      world.broken.set(what.call, [...Array.from({ length: 3 }, () => new Error("ServiceUnavailable"))]);
      return;
    case "refuse":
      world.refusals.push({ kind: what.refusal, detail: "" });
      return;
    case "drop replies":
      world.dropReplies = what.on;
  }
}

/** What must hold at every moment, given the moment before. */
function check(before: Job, world: World, ends: Set<string>): Job {
  const job = world.job(before.jobId);
  expect(forgotten(world)).toEqual([]);
  expect(job.dispatch).toBeGreaterThanOrEqual(before.dispatch);
  expect(new Set(job.attempts.map(({ dispatch }) => dispatch)).size, "one claim per dispatch").toBe(
    job.attempts.length,
  );
  if (isTerminal(before.status) && job.run === before.run) {
    // What happens to an ended job is that its end is announced, and then noted as such.
    const { dueAt, ...ended } = job;
    const { dueAt: dueBefore, ...endedBefore } = before;
    expect(ended).toEqual(endedBefore);
    if (dueBefore === undefined) expect(dueAt).toBeUndefined();
    if (dueAt === undefined) expect(world.events.map(({ id }) => id)).toContain(eventOf(job).id);
  }
  if (job.status === "COMPLETED" || job.status === "FAILED") ends.add(eventOf(job).id);
  if (job.status === "COMPLETED") {
    expect(outputFile(job.outputs?.result, (key) => world.bucket.get(key))).toBeDefined();
    expect(job.attempts.filter(({ outcome }) => outcome === "completed")).toHaveLength(1);
  }
  return job;
}

test("whatever happens, every job ends in time, in one terminal state, with one result", async () => {
  await fc.assert(
    fc.asyncProperty(bodies, schedule, async (body, events) => {
      vi.clearAllTimers();
      vi.setSystemTime(start);
      const world = memoryWorld();
      const ends = new Set<string>();
      let { job } = await submitted(world, body);
      const { jobId } = job;
      for (const { what, wait } of events) {
        happen(what, jobId, world);
        await vi.advanceTimersByTimeAsync(wait);
        job = check(job, world, ends);
      }
      // From here on the world is well; workers that were killed stay dead.
      world.broken.clear();
      world.dropReplies = false;
      world.refusals.length = 0;
      const wellAt = Date.now();
      while (!isTerminal(world.job(jobId).status)) {
        await vi.advanceTimersByTimeAsync(60_000);
        await sweep(world.ports);
        for (const message of world.messages.splice(0))
          started(work(message, lambdaMachine(), compute, world.ports));
        await vi.advanceTimersByTimeAsync(1_000);
        for (const task of world.started)
          if (task.observation.state === "starting") startTask(task, "completes", world);
        await vi.advanceTimersByTimeAsync(1_000);
        job = check(job, world, ends);
        // The longest lease of a worker that was killed at the last moment, and this loop's own step.
        expect(Date.now()).toBeLessThanOrEqual(Math.max(wellAt, job.deadlineAt) + 130_000 + 64_000);
      }
      // And no task is left that bills for ever.
      await vi.advanceTimersByTimeAsync(400_000);
      await sweep(world.ports);
      expect(check(job, world, ends)).not.toHaveProperty("dueAt");
      const counted = world.measures.filter(({ JobsCompleted, JobsFailed }) => JobsCompleted ?? JobsFailed);
      expect(counted, "each end counted once").toHaveLength(ends.size);
      expect(world.started.filter(({ observation }) => observation.state !== "stopped")).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
