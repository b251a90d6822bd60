import { isTerminal } from "@sluice/contract/job";
import { describe, expect, test, vi } from "vitest";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { forged } from "../../support/jobs/forged.ts";
import { stoppedTask } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine } from "../../support/jobs/submitting.ts";
import { large, sweptStage } from "../../support/jobs/swept-stage.ts";

const stage = sweptStage();
const { job, received, minute } = stage;

describe("a queue that takes no messages", () => {
  test("for ten minutes costs nobody their job", async () => {
    const jobId = await job();
    stage.world.messages.splice(0); // the first message was lost, so sweep must send
    stage.world.broken.set("queue.send", () => new Error("ServiceUnavailable"));
    for (let pass = 0; pass < 10; pass++) await minute();
    expect(stage.world.job(jobId)).toMatchObject({ status: "PENDING", step: "send" });
    stage.world.broken.clear();
    await minute();
    await work(received(), lambdaMachine(), compute, stage.world.ports);
    expect(stage.world.job(jobId).status).toBe("COMPLETED");
  });
});

describe("messages nobody answers", () => {
  test("are sent three times, then the job fails and says so", async () => {
    const jobId = await job();
    const dispatches: number[] = [];
    for (let pass = 0; pass < 10 && !isTerminal(stage.world.job(jobId).status); pass++) {
      // Lost: taken from the queue, and nobody worked on it.
      dispatches.push(...stage.world.messages.splice(0).map(({ dispatch }) => dispatch));
      await minute();
    }
    expect(dispatches).toEqual([1, 2, 3]);
    expect(stage.world.job(jobId)).toMatchObject({
      status: "FAILED",
      error: { code: "not-delivered", message: "the job was sent 3 times and no worker picked it up" },
    });
    expect(Date.now() - start).toBe(180_000);
  });

  test("that wait in a backlog do not fail their jobs", async () => {
    const jobIds = await Promise.all(Array.from({ length: 20 }, () => job()));
    stage.world.queueLength = 20;
    for (let pass = 0; pass < 60; pass++) await minute();
    for (const jobId of jobIds)
      expect(stage.world.job(jobId)).toMatchObject({ status: "PENDING", unanswered: 0 });
    // Once in five minutes each is sent anew, in case its message was lost among the others.
    expect(stage.world.messages.length).toBeLessThanOrEqual(20 * (1 + 60 / 5));
    // However many there are, one run: the newest number.
    for (const message of stage.world.messages.splice(0))
      await work(message, lambdaMachine(), compute, stage.world.ports);
    for (const jobId of jobIds) {
      expect(stage.world.job(jobId).status).toBe("COMPLETED");
      expect(stage.world.job(jobId).attempts).toHaveLength(1);
    }
  });

  test("the queue's length is asked once a pass, and only when a message is in doubt", async () => {
    await Promise.all(Array.from({ length: 12 }, () => job()));
    stage.world.calls.length = 0;
    await minute();
    expect(stage.world.calls.filter((call) => call === "queue.waiting")).toHaveLength(1);
    stage.world.calls.length = 0;
    await sweep(stage.world.ports);
    expect(stage.world.calls).not.toContain("queue.waiting");
  });
});

describe("leases that ran out", () => {
  /** Killed in mid-computation: it neither releases nor finishes. */
  async function killed(jobId: string) {
    void work(received(), lambdaMachine(120), () => new Promise(() => undefined), stage.world.ports);
    await vi.advanceTimersByTimeAsync(0);
    vi.clearAllTimers();
    expect(stage.world.job(jobId)).toMatchObject({
      status: "PROCESSING",
      leaseUntil: start + 45_000,
      dueAt: start + 45_000,
    });
  }

  test("on Lambda: the attempt died, the next goes to Fargate", async () => {
    const jobId = await job();
    await killed(jobId);
    await sweep(stage.world.ports);
    expect(stage.world.job(jobId).status).toBe("PROCESSING");
    await minute();
    expect(stage.world.job(jobId)).toMatchObject({
      status: "PENDING",
      step: "sent",
      route: { target: "fargate" },
      attempts: [
        {
          outcome: "died",
          reason: "the Lambda function went quiet: most likely it was killed, out of time or memory",
        },
      ],
    });
    expect(received()).toMatchObject({ jobId, target: "fargate", dispatch: stage.world.job(jobId).dispatch });
  });

  test.each([0, 1, 9, 10, 11, 30, 59])(
    "within 2 minutes of its death, with a sweep at second %d",
    async (phase) => {
      await killed(await job());
      await vi.advanceTimersByTimeAsync(phase * 1000);
      await sweep(stage.world.ports);
      for (let pass = 0; pass < 10 && stage.world.messages.length === 0; pass++) await minute();
      expect(received().target).toBe("fargate");
      expect(Date.now() - start).toBeLessThanOrEqual(120_000);
    },
  );

  async function running(): Promise<string> {
    const jobId = await job(large);
    await work(received(), lambdaMachine(), compute, stage.world.ports);
    const { dispatch } = stage.world.job(jobId);
    const taskArn = stage.world.started[0]?.observation.taskArn ?? "";
    void runJob(
      { jobId, dispatch },
      { target: "fargate", taskArn },
      () => new Promise(() => undefined),
      stage.world.ports,
    );
    await vi.advanceTimersByTimeAsync(0);
    vi.clearAllTimers();
    expect(stage.world.job(jobId)).toMatchObject({ status: "PROCESSING", taskArn });
    return jobId;
  }
  const observe = (observation: (typeof stage.world.started)[number]["observation"]) => {
    const [task] = stage.world.started;
    if (task) task.observation = observation;
  };

  test("on Fargate, and ECS says why: that decides", async () => {
    const jobId = await running();
    observe(stoppedTask(stage.world.job(jobId).taskArn ?? "", "SpotInterruption"));
    await minute();
    expect(stage.world.job(jobId)).toMatchObject({
      status: "PENDING",
      uncountedAttempts: 1,
      spotReclaims: 1,
    });
    expect(stage.world.calls).toContain("tasks.describe");
  });

  test("on Fargate, and the task runs: it gets another lease, then it is stopped", async () => {
    const jobId = await running();
    observe({ state: "running", taskArn: stage.world.job(jobId).taskArn ?? "" });
    await minute();
    expect(stage.world.job(jobId)).toMatchObject({
      status: "PROCESSING",
      statusReason: "its task is running but quiet",
    });
    await minute();
    expect(stage.world.job(jobId)).toMatchObject({ status: "PENDING", countedAttempts: 1 });
    expect(stage.world.started[0]?.stopReason).toBe("its task went quiet");
  });

  test("on Fargate, and ECS has forgotten the task", async () => {
    const jobId = await running();
    stage.world.started.length = 0;
    await minute();
    expect(stage.world.job(jobId)).toMatchObject({ status: "PENDING", countedAttempts: 1 });
    // Stopping what ECS does not know fails, and that is logged, not thrown.
    expect(stage.world.log.some(({ message }) => message === "stop-task failed; sweep will see to it")).toBe(
      true,
    );
  });

  test("past the deadline the task is stopped and the job FAILs", async () => {
    const jobId = await running();
    await stage.world.ports.store.update(jobId, {}, forged({ deadlineAt: start + 30_000 }));
    await minute();
    expect(stage.world.job(jobId)).toMatchObject({ status: "FAILED", error: { code: "deadline-exceeded" } });
    expect(stage.world.started[0]?.stopReason).toMatch(/did not finish within/);
  });
});

test("a job that cannot be looked at does not keep the others waiting", async () => {
  const jobIds = await Promise.all(Array.from({ length: 15 }, () => job()));
  stage.world.broken.set("store.get", [new Error("InternalServerError"), new Error("InternalServerError")]);
  const counts = await minute();
  expect(counts).toMatchObject({ due: 15, failed: 2, moved: 13 });
  expect((await sweep(stage.world.ports)).moved).toBe(2);
  for (const jobId of jobIds) expect(stage.world.job(jobId).dueAt).toBeGreaterThan(Date.now());
});
