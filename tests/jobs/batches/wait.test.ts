import { beforeEach, expect, test } from "vitest";
import { waitForBatch } from "../../../jobs/batches/wait.ts";
import { inverses, jobsOf, submittedBatch, workedOff } from "../../support/jobs/batches.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";

let world: World;
beforeEach(() => {
  world = memoryWorld();
});

test("it holds until the last job has ended, and gives its slot back", async () => {
  const jobs = jobsOf(await submittedBatch(world, inverses(3, 1)));
  const free = world.freeWaitSlots;
  const waiting = waitForBatch(jobs, 20, world.ports);
  await workedOff(world);
  const { jobs: latest, granted } = await waiting;
  expect(latest.map(({ status }) => status)).toEqual(["COMPLETED", "FAILED", "COMPLETED"]);
  expect(granted).toBe(20);
  expect(world.freeWaitSlots).toBe(free);
});

test("it answers what it saw last when the time is up", async () => {
  const jobs = jobsOf(await submittedBatch(world, inverses(2)));
  const { jobs: latest, granted } = await waitForBatch(jobs, 0.05, world.ports);
  expect(latest.map(({ status }) => status)).toEqual(["PENDING", "PENDING"]);
  expect(granted).toBe(0.05);
});

test("without a free slot it does not wait", async () => {
  const jobs = jobsOf(await submittedBatch(world, inverses(2)));
  world.freeWaitSlots = 0;
  expect(await waitForBatch(jobs, 20, world.ports)).toEqual({ jobs, granted: undefined });
});
