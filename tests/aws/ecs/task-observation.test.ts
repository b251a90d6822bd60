import { describe, expect, test } from "vitest";
import { observe } from "../../../aws/ecs/task-observation.ts";

describe("a task as ECS tells it", () => {
  test.each([
    ["PROVISIONING", "starting"],
    ["PENDING", "starting"],
    ["ACTIVATING", "starting"],
    ["RUNNING", "running"],
    ["DEACTIVATING", "running"],
    ["STOPPING", "running"],
    ["DEPROVISIONING", "running"],
    ["STOPPED", "stopped"],
    ["DELETED", "running"],
  ])("%s is %s", (lastStatus, state) =>
    expect(observe({ taskArn: "arn:t", lastStatus })).toMatchObject({ state, taskArn: "arn:t" }),
  );

  test("stopped: with everything that says why", () => {
    const task = {
      taskArn: "arn:t",
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited" as const,
      stoppedReason: "Essential container in task exited",
      containers: [
        { name: "aws-guardduty-agent", exitCode: 0 },
        { name: "job", exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
      ],
    };
    expect(observe(task)).toEqual({
      state: "stopped",
      taskArn: "arn:t",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      exitCode: 137,
      containerReason: "OutOfMemoryError: Container killed due to memory usage",
    });
  });

  test("that never ran has no exit code", () => {
    const task = observe({
      taskArn: "arn:t",
      lastStatus: "STOPPED",
      stopCode: "TaskFailedToStart",
      containers: [{ name: "job" }],
    });
    expect(task).not.toHaveProperty("exitCode");
    expect(observe({ lastStatus: "STOPPED" })).toMatchObject({
      state: "stopped",
      stopCode: "",
      containerReason: "",
    });
  });
});
