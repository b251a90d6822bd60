import { describe, expect, test } from "vitest";
import { dueShardOf, dueShards, endShards, fromItem, keyOf, toItem } from "../../aws/dynamodb/job-item.ts";
import { updateExpression } from "../../aws/dynamodb/update-expression.ts";
import { refusalOf, taskOfConflict } from "../../aws/ecs/launch-refusal.ts";
import { observe } from "../../aws/ecs/task-observation.ts";
import { randomId } from "../../jobs/ids.ts";
import { jobIn, sampleJob, start, without } from "../support/jobs/sample-jobs.ts";

describe("an update", () => {
  test("reads like the rule it is", () => {
    expect(
      updateExpression(
        { dispatch: 3, status: "PENDING" },
        { status: "PROCESSING", step: undefined },
        { attempts: { n: 1 } },
      ),
    ).toEqual({
      UpdateExpression:
        "SET #rev = #rev + :one, #status = :status, #attempts = list_append(#attempts, :more_attempts) REMOVE #step",
      ConditionExpression: "#v <= :readable AND #dispatch = :was_dispatch AND #status = :was_status",
      ExpressionAttributeNames: {
        "#rev": "rev",
        "#v": "v",
        "#dispatch": "dispatch",
        "#status": "status",
        "#step": "step",
        "#attempts": "attempts",
      },
      ExpressionAttributeValues: {
        ":one": 1,
        ":readable": 1,
        ":was_dispatch": 3,
        ":was_status": "PENDING",
        ":status": "PROCESSING",
        ":more_attempts": [{ n: 1 }],
      },
    });
  });

  test("without a guard still needs the item to be there, and to be read here", () => {
    const { ConditionExpression, UpdateExpression } = updateExpression({ rev: undefined }, { progress: 0 });
    expect(ConditionExpression).toBe("#v <= :readable");
    expect(UpdateExpression).toBe("SET #rev = #rev + :one, #progress = :progress");
  });
});

describe("a job as an item", () => {
  test("comes back as it was", () => {
    for (const job of Object.values(jobIn)) expect(fromItem(toItem(job), start)).toEqual(job);
  });

  test("has the keys of the indexes; the due one only while it is due", () => {
    const job = sampleJob();
    expect(toItem(job)).toMatchObject({
      pk: `job#${job.jobId}`,
      createdSort: `2026-11-23T12:00:00.000Z#${job.jobId}`,
      dueShard: dueShardOf(job.jobId, "PENDING"),
    });
    expect(toItem(without(job, "dueAt"))).not.toHaveProperty("dueShard");
    expect(keyOf("x")).toEqual({ pk: "job#x" });
  });

  test("stands in the line's index exactly while it waits in line", () => {
    const waiting = sampleJob({ step: "line", lineSince: start });
    expect(toItem(waiting)).toMatchObject({ line: "fargate", lineSince: start });
    expect(fromItem(toItem(waiting), start)).toEqual(waiting);
    // Called up, it keeps its place for the case that it comes back.
    expect(toItem({ ...waiting, step: "sent" })).not.toHaveProperty("line", expect.anything());
  });

  test("is gone the moment its ttl has passed", () => {
    const job = sampleJob();
    expect(fromItem(toItem(job), job.ttl * 1000)).toEqual(job);
    expect(fromItem(toItem(job), job.ttl * 1000 + 1)).toBeUndefined();
    expect(fromItem(undefined, 0)).toBeUndefined();
  });

  test.each([
    ["PROCESSING", dueShards],
    ["COMPLETED", endShards],
  ] as const)("spreads over all shards of the due index, while %s", (status, shards) => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 4000; index++) {
      const shard = dueShardOf(randomId(), status);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([...shards]);
    for (const count of counts.values()) expect(count).toBeGreaterThan(4000 / shards.length / 2);
  });
});

describe("a refusal of RunTask, in all its three channels", () => {
  const error = (name: string, message: string) => Object.assign(new Error(message), { name });

  // Texts: repost.aws/knowledge-center/ecs-fargate-runtask-capacity, botocore ecs service-2.json,
  // dagster-io/dagster#33439 and dask/dask-cloudprovider#56 for the inner throttle.
  test.each([
    [
      "200",
      [
        {
          reason:
            "Capacity is unavailable at this time. Please try again later or in a different availability zone",
        },
      ],
      "capacity",
    ],
    [
      "200",
      [{ reason: "You've reached the limit on the number of vCPUs you can run concurrently" }],
      "capacity",
    ],
    ["200", [{ reason: "The requested CPU configuration is above your limit" }], "shape"],
    ["200", [{ arn: "arn:x", reason: "RESOURCE:MEMORY", detail: "not enough" }], "capacity"],
    ["200", [], "capacity"],
    ["exception", error("ThrottlingException", "Rate exceeded"), "capacity"],
    ["exception", error("BlockedException", "Your account is blocked"), "capacity"],
    [
      "exception",
      error("ClientException", "You have reached the limit of tasks in the PROVISIONING state"),
      "capacity",
    ],
    ["exception", error("ServerException", "Service Unavailable"), "capacity"],
    ["exception", error("InvalidParameterException", "Rate exceeded"), "capacity"],
    [
      "exception",
      error("InvalidParameterException", "Request limit exceeded. Account EC2 throttled"),
      "capacity",
    ],
    ["exception", error("ClientException", "The requested CPU configuration is above your limit"), "shape"],
    [
      "exception",
      error("AccessDeniedException", "User is not authorized to perform: ecs:RunTask"),
      "configuration",
    ],
    ["exception", error("ClusterNotFoundException", "Cluster not found."), "configuration"],
    ["exception", error("InvalidParameterException", "No such security group sg-1"), "configuration"],
    ["silence", error("TimeoutError", "socket hang up"), "capacity"],
    [
      "silence",
      Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" }),
      "capacity",
    ],
    ["silence", "no error at all", "configuration"],
  ])("%s: %j is %s", (_channel, what, kind) => expect(refusalOf(what).kind).toBe(kind));

  const answered = (status: number, name: string) =>
    Object.assign(error(name, "x"), { $metadata: { httpStatusCode: status } });

  // What the SDK makes of each: a broken or silent connection is a TimeoutError, with Node's code if there was one.
  test.each([
    ["a time-out", error("TimeoutError", "Connection timed out"), true],
    [
      "a broken connection",
      Object.assign(error("TimeoutError", "socket hang up"), { code: "ECONNRESET" }),
      true,
    ],
    ["a broken pipe", Object.assign(new Error("write"), { code: "EPIPE" }), true],
    ["a 500", answered(500, "ServerException"), true],
    ["a 503 of a name nobody knows", answered(503, "Unknown"), true],
    ["failures in a 200", [{ reason: "RESOURCE:CPU" }], false],
    ["a throttle", answered(400, "ThrottlingException"), false],
    ["a throttle that comes as a 503", answered(503, "ThrottlingException"), false],
    ["a client error", answered(400, "ClientException"), false],
    ["a client error that speaks of a time-out", answered(400, "InvalidParameterTimeoutException"), false],
    ["a connection never made", Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), false],
    ["a name not found", Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }), false],
    ["no error at all", "x", false],
  ])("after %s a task may have started all the same: %s", (_what, refusal, unsure) => {
    expect(refusalOf(refusal).unsure).toBe(unsure || undefined);
  });

  test("keeps AWS's words for the log", () => {
    expect(refusalOf([{ reason: "RESOURCE:CPU", detail: "none" }, { reason: "AGENT" }]).detail).toBe(
      "RESOURCE:CPU: none; AGENT",
    );
    expect(refusalOf(error("ThrottlingException", "Rate exceeded")).detail).toBe(
      "ThrottlingException: Rate exceeded",
    );
  });

  test("that is none: the conflict names the task an earlier reply had lost", () => {
    const conflict = Object.assign(error("ConflictException", "same token"), { resourceIds: ["arn:task/1"] });
    expect(taskOfConflict(conflict)).toBe("arn:task/1");
    expect(taskOfConflict(error("ConflictException", "same token"))).toBeUndefined();
    expect(taskOfConflict(error("ServerException", "x"))).toBeUndefined();
    expect(taskOfConflict("x")).toBeUndefined();
  });
});

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
