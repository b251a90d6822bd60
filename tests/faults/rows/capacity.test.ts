import { availableParallelism, loadavg } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Task } from "../../../local/ecs/model.ts";
import { type Stage, startStage } from "../stage/stage.ts";
import { spin } from "./jobs.ts";

/**
 * The stage-wide cap: more large jobs than the stage may run at once stand in line, and none is lost. Sweep runs once a
 * minute, as on AWS: the task that stops calls up the next.
 */
const maxTasks = 8;
const jobs = 40;
/** Where other things keep the machine busy, everything takes longer; still far from the minute that sweep would take. */
const mostFreeSeconds = (loadavg()[0] ?? 0) > 2 * availableParallelism() ? 30 : 2;
let stage: Stage;

beforeAll(async () => {
  stage = await startStage({
    sweepSeconds: 60,
    environment: { MAX_TASKS: String(maxTasks), MAX_RUNNING_VCPU: "8" },
  });
}, 60_000);

afterAll(() => stage?.stop());

test("40 large jobs, cap 8: eight tasks at once, never nine, and none when all is done", async () => {
  let most = 0;
  stage.cloud.ecs.faults.event = () => {
    most = Math.max(most, stage.liveTasks().length);
    return [0];
  };
  const ids = await Promise.all(
    Array.from({ length: jobs }, () => stage.submit(spin(0.5, { target: "fargate" }))),
  );
  const waiting = await stage.reaches(ids.at(-1) ?? "", { step: "line" });
  expect(waiting.statusReason).toMatch(/^waiting for Fargate capacity: .*at most 8 tasks/);
  for (const jobId of ids) {
    const job = await stage.reaches(jobId, { status: "COMPLETED" }, 150_000);
    expect(job.attempts).toHaveLength(1);
    expect(stage.tasksOf(jobId)).toHaveLength(1);
  }
  expect(most).toBe(maxTasks);
  await expect.poll(() => stage.liveTasks(), { timeout: 10_000 }).toEqual([]);
  expect(stage.cloud.ecs.tasks()).toHaveLength(jobs);
  await expect.poll(() => stage.depth()).toEqual({ jobs: 0, dead: 0 });
  expect(longestFree(stage.cloud.ecs.tasks())).toBeLessThan(mostFreeSeconds);
  expect(stage.received.filter(({ receiveCount }) => receiveCount !== 1)).toEqual([]);
}, 180_000);

/** Seconds that a slot was free for at most, from when all were taken to when the last job had one. */
function longestFree(tasks: readonly Task[]): number {
  const starts = tasks.map(({ createdAt }) => createdAt).toSorted((one, other) => one - other);
  const stops = tasks.map(({ stoppedAt = Infinity }) => stoppedAt).toSorted((one, other) => one - other);
  // The slot that the first stopped task left is taken by the first task after the eighth, and so on.
  return Math.max(...starts.slice(maxTasks).map((start, index) => start - (stops[index] ?? start)));
}
