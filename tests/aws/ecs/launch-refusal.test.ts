import { describe, expect, test } from "vitest";
import { refusalOf, taskOfConflict } from "../../../aws/ecs/launch-refusal.ts";

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
    ["200", [{ reason: "Rate exceeded" }], "busy"],
    ["exception", error("ClientException", "Capacity is unavailable at this time"), "capacity"],
    ["exception", error("ThrottlingException", "Rate exceeded"), "busy"],
    ["exception", error("BlockedException", "Your account is blocked"), "busy"],
    [
      "exception",
      error("ClientException", "You have reached the limit of tasks in the PROVISIONING state"),
      "busy",
    ],
    ["exception", error("ServerException", "Service Unavailable"), "busy"],
    ["exception", error("InvalidParameterException", "Rate exceeded"), "busy"],
    [
      "exception",
      error("InvalidParameterException", "Request limit exceeded. Account EC2 throttled"),
      "busy",
    ],
    ["exception", error("ClientException", "The requested CPU configuration is above your limit"), "shape"],
    [
      "exception",
      error("AccessDeniedException", "User is not authorized to perform: ecs:RunTask"),
      "configuration",
    ],
    ["exception", error("ClusterNotFoundException", "Cluster not found."), "configuration"],
    ["exception", error("InvalidParameterException", "No such security group sg-1"), "configuration"],
    ["silence", error("TimeoutError", "socket hang up"), "busy"],
    [
      "silence",
      Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" }),
      "busy",
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
