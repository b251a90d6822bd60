import { RunTaskCommand } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runTaskInput, type StateChange, startTaskCloud } from "../support/local/task-cloud.ts";

let at: Awaited<ReturnType<typeof startTaskCloud>>;

beforeAll(async () => {
  at = await startTaskCloud();
});

afterEach(() => {
  at.cloud.ecs.faults.request = undefined;
  at.cloud.ecs.faults.event = undefined;
});

afterAll(() => at.stop());

describe("faults", () => {
  test("failures[] instead of a task", async () => {
    at.cloud.ecs.faults.request = () => ({ failures: [{ reason: "Capacity is unavailable at this time." }] });
    const answer = await at.ecs.send(new RunTaskCommand(runTaskInput("exit")));
    expect(answer).toMatchObject({
      tasks: [],
      failures: [{ reason: "Capacity is unavailable at this time." }],
    });
  });

  test("an error of the API", async () => {
    at.cloud.ecs.faults.request = (action) =>
      action === "RunTask" ? { error: { type: "ThrottlingException", message: "Rate exceeded" } } : undefined;
    const attempt = at.ecs.send(new RunTaskCommand(runTaskInput("exit")));
    await expect(attempt).rejects.toMatchObject({
      name: "ThrottlingException",
    });
  });

  test("a reply lost after the task was started: the token finds it", async () => {
    const request = runTaskInput("exit", { clientToken: "lost", startedBy: "lost" }, { CODE: "0" });
    at.cloud.ecs.faults.request = () => ({ dropReply: true });
    await expect(at.ecs.send(new RunTaskCommand(request))).rejects.toThrow();
    at.cloud.ecs.faults.request = undefined;
    const { tasks = [] } = await at.ecs.send(new RunTaskCommand(request));
    expect(at.cloud.ecs.tasks().filter(({ startedBy }) => startedBy === "lost")).toMatchObject([
      { taskArn: tasks[0]?.taskArn },
    ]);
  });

  test("events lost and doubled", async () => {
    at.cloud.ecs.faults.event = (event) =>
      (event as StateChange).detail.lastStatus === "STOPPED" ? [0, 0] : [];
    const taskArn = await at.run("exit", {}, { CODE: "0" });
    const mine = () => at.eventsOf(taskArn);
    await expect.poll(() => mine().length).toBe(2);
    expect(mine()[0]).toEqual(mine()[1]);
  });

  test("a Spot interruption", async () => {
    const taskArn = await at.run("wait");
    await at.waiting(taskArn);
    at.cloud.ecs.interrupt(taskArn, "SpotInterruption", "Your Spot Task was interrupted.");
    await at.cloud.ecs.stopped(taskArn);
    expect(await at.describe(taskArn)).toMatchObject({
      stopCode: "SpotInterruption",
      containers: [{ exitCode: 0 }],
    });
  });
});
