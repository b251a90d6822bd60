import { beforeEach, describe, expect, test, vi } from "vitest";
import { jobView, statusView } from "../../../jobs/api/view.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { asRead, completedWith } from "../../support/jobs/completed-job.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { jobIn, sampleJob, start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, submitted } from "../../support/jobs/submitting.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

describe("the view", () => {
  test("of a job from start to end says what the contract says", async () => {
    const { job } = await submitted(world, {
      dataMatrix: [
        [1, 2],
        [3, 4],
      ],
      labels: { team: "x" },
    });
    vi.setSystemTime(start + 500);
    await runJob({ jobId: job.jobId, dispatch: 1 }, lambdaMachine(), compute, world.ports);
    const view = await jobView(world.job(job.jobId), world.ports, { withData: true });
    expect(asRead(view)).toMatchObject({
      jobId: job.jobId,
      status: "COMPLETED",
      statusReason: "finished",
      operation: "spectral-projection",
      params: { seed: 0, columns: 2 },
      labels: { team: "x" },
      inputs: { a: { shape: [2, 2], dtype: "float64", bytes: 32 } },
      progress: 1,
      route: { target: "lambda", memoryMiB: 1769, vcpu: 1 },
      attempts: [
        {
          attempt: 1,
          target: "lambda",
          memoryMiB: 1769,
          outcome: "completed",
          startedAt: "2026-11-23T12:00:00.500Z",
        },
      ],
      outputs: {
        result: {
          shape: [2, 2],
          dtype: "float64",
          data: [[expect.any(Number), expect.any(Number)], expect.any(Array)],
        },
      },
      timings: { queuedSeconds: 0.5, computeSeconds: 0, totalSeconds: 0.5 },
      links: {
        self: `/jobs/${job.jobId}`,
        status: `/jobs/${job.jobId}/status`,
        result: `/jobs/${job.jobId}/result`,
      },
      createdAt: "2026-11-23T12:00:00.000Z",
    });
    expect(view.cost?.usd).toBeGreaterThan(0);
    // Nothing of the inside: no owner, no fence, no worker, no key.
    expect(JSON.stringify(view)).not.toMatch(
      /"(owner|dispatch|rev|worker|writeId|requestHash|key|taskArn|leaseUntil)"/,
    );
  });

  test("has no cost and no outputs before the end, and an error only when failed", async () => {
    for (const state of ["sent", "lambda", "CANCELLED"] as const) {
      const view = await jobView(jobIn[state], world.ports);
      expect(view).not.toHaveProperty("outputs");
      expect(view).not.toHaveProperty("error");
      expect("cost" in view).toBe(state === "CANCELLED");
    }
  });

  test.each([
    ["singular-matrix", true],
    ["no-convergence", true],
    ["attempts-exhausted", false],
    ["deadline-exceeded", false],
    ["input-failed", false],
  ] as const)("of one that FAILED by %s says that a retry fails the same way: %s", async (code, same) => {
    const job = { ...jobIn.FAILED, error: { code, message: "why" } };
    const { error } = await jobView(job, world.ports);
    expect(error).toMatchObject({ code, message: "why" });
    expect(/a retry fails the same way/.test(error?.hint ?? "")).toBe(same);
  });

  test("leaves data out when it does not fit", async () => {
    const job = completedWith(world, { shape: [400_000], dtype: "float64" }, (index) => Math.sin(index));
    const { outputs } = await jobView(job, world.ports, { withData: true });
    expect(outputs?.result).toMatchObject({ url: expect.any(String) });
    expect(outputs?.result).not.toHaveProperty("data");
  });

  test("of the status is five fields", () => {
    expect(statusView(sampleJob({ progress: 0.25 }))).toEqual({
      jobId: sampleJob().jobId,
      status: "PENDING",
      statusReason: "waiting in the queue",
      progress: 0.25,
      updatedAt: "2026-11-23T12:00:00.000Z",
    });
  });
});
