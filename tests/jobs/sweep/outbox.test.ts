import { beforeEach, expect, test, vi } from "vitest";
import type { Job } from "../../../jobs/record.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { sampleJob, start } from "../../support/jobs/sample-jobs.ts";

let world: World;
beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

const idOf = (name: string, index: number) => `${name}${String(index).padStart(26 - name.length, "0")}`;

/** Jobs whose ends were not announced, due for so long. */
function unpublished(count: number, dueFor: number): void {
  for (let index = 0; index < count; index++) {
    const jobId = idOf("ended", index);
    const { step: _, ...job } = sampleJob({ jobId, status: "COMPLETED", finishedAt: start });
    world.table.set(jobId, { ...job, dueAt: start - dueFor });
  }
}

function live(count: number): Job[] {
  return Array.from({ length: count }, (_, index) => {
    const job = sampleJob({ jobId: idOf("live", index), step: "send", dueAt: start });
    world.table.set(job.jobId, job);
    return job;
  });
}

/** EventBridge, and how long it takes to answer. */
function bus(milliseconds: number, answer: (jobId: string) => Error | undefined): void {
  const { events } = world.ports;
  Object.assign(world.ports, {
    events: {
      async put(asked: Parameters<typeof events.put>[0]) {
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        const errors = asked.map(({ jobId }) => answer(jobId));
        if (errors.every((error) => error !== undefined)) throw errors[0];
        await events.put(asked.filter((_, index) => !errors[index]));
        return new Map(errors.flatMap((error, index) => (error ? [[index, error.message] as const] : [])));
      },
    },
  });
}

/** Two attempts that EventBridge does not answer: aws/telemetry/event-bridge.ts. */
const silence = 4_100;
/** After this long Lambda kills it: serverless.yml. */
const killedAfter = 55_000;

const pass = async () => {
  void sweep(world.ports);
  await vi.advanceTimersByTimeAsync(killedAfter);
};
const asked = () => world.calls.filter((call) => call === "events.put").length;

test("ends that EventBridge does not take keep no job from its turn, however many there are", async () => {
  unpublished(3_000, 60_000);
  const jobs = live(20);
  bus(silence, () => new Error("TimeoutError"));
  await pass();
  for (const { jobId, dispatch } of jobs) expect(world.job(jobId).dispatch).toBe(dispatch + 1);
  // None is forgotten.
  for (const { status, dueAt } of world.table.values())
    if (status === "COMPLETED") expect(dueAt).toBeGreaterThan(start);
});

test("nor do those that it takes slowly", async () => {
  unpublished(3_000, 60_000);
  const [job] = live(1);
  if (!job) throw new Error("there is one");
  bus(1_900, () => undefined);
  await pass();
  expect(world.job(job.jobId).dispatch).toBe(job.dispatch + 1);
  expect(asked()).toBeGreaterThan(0);
});

test("a pass with little else to do publishes for longer", async () => {
  unpublished(3_000, 60_000);
  // 300 calls, ten side by side: 27 s.
  bus(900, () => undefined);
  await pass();
  expect(world.events).toHaveLength(3_000);
});

test("ten are published in one call", async () => {
  unpublished(95, 60_000);
  await pass();
  expect([world.events.length, asked()]).toEqual([95, 10]);
});

test("an end that is refused for itself keeps no other from being announced", async () => {
  unpublished(200, 60_000);
  const refused = new Set(Array.from({ length: 9 }, (_, index) => idOf("ended", index)));
  bus(5, (jobId) => (refused.has(jobId) ? new Error("ValidationException") : undefined));
  await pass();
  expect(world.events).toHaveLength(191);
});
