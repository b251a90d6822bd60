import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Job } from "../../../jobs/record.ts";
import { type Stage, startStage } from "../stage/stage.ts";
import { crash, hog, spin, story } from "./jobs.ts";

/** design.md §6, where the machine breaks: each row caused for real, and the job completes all the same. */
let stage: Stage;

beforeAll(async () => {
  // A function that is killed after 8 s, or soon with a job that takes memory; its messages come back after 12 s.
  stage = await startStage({ workTimeoutSeconds: 8, workMemoryMiB: 320, visibilitySeconds: 12 });
}, 60_000);

afterAll(() => stage?.stop());

/** Predicted so short that it runs on the thread that would else give the job back 5 s before the time-out. */
const inline = { predictedSeconds: 0.01 };

const ended = { timeout: 75_000 };

async function running(jobId: string): Promise<string> {
  const { taskArn } = await stage.reaches(jobId, { status: "PROCESSING", taskArn: expect.any(String) });
  return taskArn ?? "";
}

const completed = (jobId: string): Promise<Job> =>
  stage.reaches(jobId, { status: "COMPLETED" }, ended.timeout - 5_000);

describe.concurrent("on Fargate", () => {
  test("a task killed outright: the next attempt completes the job", ended, async () => {
    const jobId = await stage.submit(spin(3, { target: "fargate" }));
    process.kill(stage.cloud.ecs.pid(await running(jobId)) ?? 0, "SIGKILL");
    const job = await completed(jobId);
    expect(story(job)).toEqual(["fargate died", "fargate completed"]);
    expect(job.attempts[0]?.reason).toMatch(/exit code 137/);
  });

  test("a Spot reclaim: given back at once, not counted, and run again", ended, async () => {
    const jobId = await stage.submit(spin(3, { target: "fargate" }));
    stage.cloud.ecs.interrupt(await running(jobId), "SpotInterruption", "Your Spot Task was interrupted.");
    const job = await completed(jobId);
    expect(story(job)).toEqual(["fargate interrupted", "fargate completed"]);
    expect(job).toMatchObject({ countedAttempts: 0, uncountedAttempts: 1, spotReclaims: 1 });
  });

  test("more memory than the task has: the next attempt is one size up", ended, async () => {
    const jobId = await stage.submit(hog(2100, { target: "fargate" }));
    const job = await completed(jobId);
    expect(story(job)).toEqual(["fargate out-of-memory", "fargate completed"]);
    expect(job.attempts.map(({ memoryMiB }) => memoryMiB)).toEqual([2048, 3072]);
    const [first] = stage.tasksOf(jobId);
    expect(first?.containers[0]).toMatchObject({
      exitCode: 137,
      reason: expect.stringMatching(/OutOfMemory/),
    });
  });
});

// By itself: in one batch with the job that outlasts the function's time it would die of that.
test("more memory than the function has: killed, and Fargate completes the job", ended, async () => {
  const job = await completed(await stage.submit(hog(400, inline)));
  expect(story(job)).toEqual(["lambda died", "fargate completed"]);
});

describe.concurrent("on Lambda", () => {
  test("still computing at the time-out: killed, and Fargate completes the job", ended, async () => {
    const job = await completed(await stage.submit(spin(9, inline)));
    expect(story(job)).toEqual(["lambda died", "fargate completed"]);
  });

  test("near the time-out: given back, and Fargate completes the job", ended, async () => {
    const job = await completed(await stage.submit(spin(9)));
    expect(story(job)).toEqual(["lambda released", "fargate completed"]);
  });

  test("an operation with a bug: three attempts, then FAILED", ended, async () => {
    const job = await stage.reaches(await stage.submit(crash()), { status: "FAILED" });
    expect(story(job)).toEqual(["lambda died", "lambda died", "lambda died"]);
    expect(job.error?.code).toBe("attempts-exhausted");
  });
});

test("afterwards nothing is left: no message, not even of a killed function, and no task", async () => {
  await expect.poll(() => stage.depth(), { timeout: 20_000 }).toEqual({ jobs: 0, dead: 0 });
  await expect.poll(() => stage.liveTasks(), { timeout: 10_000 }).toEqual([]);
  const killed = stage.lines.filter((line) => /^work +killed/.test(line));
  expect(killed.toSorted()).toEqual([
    expect.stringMatching(/ran longer than its 8 s/),
    expect.stringMatching(/used more than its 320 MiB/),
  ]);
});
