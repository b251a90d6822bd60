import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { jobQueue } from "../../aws/job-queue.ts";
import { objectStore } from "../../aws/object-store.ts";
import { fargateTasks } from "../../aws/tasks.ts";
import { waitSlots } from "../../aws/wait-slots.ts";
import { ObjectMissing, type ObjectStore, type Tasks } from "../../jobs/ports.ts";
import { createJobsTable } from "./jobs-table.ts";
import { type Answer, bucketName, type StubCloud, startStubCloud, tableName } from "./stub-cloud.ts";

let cloud: StubCloud;

beforeAll(async () => {
  cloud = await startStubCloud();
});
afterAll(() => cloud.stop());
beforeEach(() => {
  cloud.calls.length = 0;
});
afterEach(() => {
  cloud.instead = () => undefined;
});

describe("objects in S3", () => {
  let objects: ObjectStore;
  beforeAll(() => {
    objects = objectStore(bucketName);
  });
  const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);

  test("go out in parts, one call, and come back whole or by range", async () => {
    await objects.put("jobs/a/in/x.npy", [bytes(100), bytes(50), new Uint8Array(0)]);
    expect(await objects.get("jobs/a/in/x.npy")).toEqual(new Uint8Array([...bytes(100), ...bytes(50)]));
    expect(await objects.get("jobs/a/in/x.npy", { offset: 100, length: 50 })).toEqual(bytes(50));
    expect(cloud.calls).toEqual(["s3.PUT", "s3.GET", "s3.GET"]);
  });

  test("come back aligned, so that a float64 view needs no copy", async () => {
    await objects.put("jobs/a/f8.npy", [bytes(64)]);
    const read = await objects.get("jobs/a/f8.npy");
    expect([read.byteOffset, read.buffer.byteLength]).toEqual([0, 64]);
  });

  test("over shared memory and views into larger buffers are sent as their own bytes", async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(32), 8, 16);
    shared.set(bytes(16));
    await objects.put("jobs/a/shared.npy", [shared, bytes(100).subarray(10, 20)]);
    expect(cloud.objects.get("jobs/a/shared.npy")).toEqual(
      Buffer.from([...bytes(16), ...bytes(100).subarray(10, 20)]),
    );
  });

  test("of more than 8 MiB are streamed, and once more when that fails", async () => {
    const large = bytes(9 * 1024 * 1024 + 17);
    let failures = 1;
    cloud.instead = (call) => (call === "s3.PUT" && failures-- > 0 ? { status: 500, body: {} } : undefined);
    await objects.put("jobs/a/large.npy", [large.subarray(0, 128), large.subarray(128)]);
    expect(cloud.objects.get("jobs/a/large.npy")?.equals(large)).toBe(true);
    expect(cloud.calls).toEqual(["s3.PUT", "s3.PUT"]);
  });

  test("that are missing say so", async () => {
    await expect(objects.get("jobs/none.npy")).rejects.toBeInstanceOf(ObjectMissing);
    await objects.put("jobs/a/there.npy", [bytes(1)]);
    expect([await objects.exists("jobs/none.npy"), await objects.exists("jobs/a/there.npy")]).toEqual([
      false,
      true,
    ]);
  });

  test("a bucket that refuses is not an object that is missing", async () => {
    cloud.instead = () => ({ status: 403, body: {} });
    await expect(objects.exists("jobs/a/there.npy")).rejects.toThrow();
    await expect(objects.get("jobs/a/there.npy")).rejects.not.toBeInstanceOf(ObjectMissing);
  });

  test("links are signed without a call, carry no checksum, and name the file", async () => {
    const url = new URL(await objects.link("jobs/a/out/1/result.npy", "a-result.npy"));
    expect(cloud.calls).toEqual([]);
    expect(url.href).not.toMatch(/x-amz-checksum|x-amz-sdk-checksum/i);
    expect(url.searchParams.get("X-Amz-Expires")).toBe("3600");
    expect(url.searchParams.get("X-Amz-SignedHeaders")).toBe("host");
    expect(url.searchParams.get("response-content-disposition")).toBe('attachment; filename="a-result.npy"');
    expect(url.searchParams.get("X-Amz-Signature")).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("the queue", () => {
  test("carries ids only, and tells its length", async () => {
    const queue = jobQueue(`${process.env.AWS_ENDPOINT_URL}/1/jobs`);
    const message = { v: 1, jobId: "0".repeat(26), dispatch: 1, target: "lambda" } as const;
    await queue.send(message);
    expect(JSON.parse(cloud.messages.at(-1) ?? "")).toEqual(message);
    // Those a poller holds are waiting too.
    expect(await queue.waiting()).toBe(cloud.messages.length + 3);
  });

  test("of a function that was not told where it is names the variable", async () => {
    await expect(jobQueue(undefined).waiting()).rejects.toThrow("QUEUE_URL is not set");
  });
});

describe("tasks in ECS", () => {
  let tasks: Tasks;
  let asked: { action: string; input: Record<string, unknown> }[] = [];
  const request = { jobId: "0".repeat(26), dispatch: 12, cpuUnits: 1024, memoryMiB: 2048, spot: false };
  const answers = (answer: (action: string, input: Record<string, unknown>) => Answer) => {
    asked = [];
    cloud.ecs = (action, input) => {
      asked.push({ action, input });
      return answer(action, input);
    };
  };

  beforeAll(() => {
    tasks = fargateTasks({
      clusterArn: "arn:cluster",
      taskDefinitionArn: "arn:aws:ecs:eu-west-1:1:task-definition/sluice-dev:7",
      subnetIds: ["subnet-1", "subnet-2"],
      securityGroupIds: ["sg-1"],
      assignPublicIp: true,
    });
  });

  test("are started with a token of their own, and byte for byte the same when asked again", async () => {
    answers(() => ({ body: { tasks: [{ taskArn: "arn:task/1" }], failures: [] } }));
    expect(await tasks.run(request)).toEqual({ taskArn: "arn:task/1" });
    await tasks.run(request);
    expect(asked[1]).toEqual(asked[0]);
    const launch = `${"0".repeat(26)}-12`;
    expect(asked[0]?.input).toEqual({
      cluster: "arn:cluster",
      taskDefinition: "arn:aws:ecs:eu-west-1:1:task-definition/sluice-dev:7",
      count: 1,
      clientToken: launch,
      startedBy: launch,
      capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ["subnet-1", "subnet-2"],
          securityGroups: ["sg-1"],
          assignPublicIp: "ENABLED",
        },
      },
      overrides: {
        cpu: "1024",
        memory: "2048",
        containerOverrides: [
          {
            name: "job",
            environment: [
              { name: "JOB_ID", value: request.jobId },
              { name: "DISPATCH", value: "12" },
            ],
          },
        ],
      },
    });
    // ECS: a token of at most 64 characters, overrides of at most 8,192 in all.
    expect(launch.length).toBeLessThanOrEqual(64);
    expect(JSON.stringify(asked[0]?.input.overrides).length).toBeLessThan(8192);
  });

  test("on Spot when asked", async () => {
    answers(() => ({ body: { tasks: [{ taskArn: "arn:task/1" }] } }));
    await tasks.run({ ...request, spot: true });
    expect(asked[0]?.input.capacityProviderStrategy).toEqual([
      { capacityProvider: "FARGATE_SPOT", weight: 1 },
    ]);
  });

  test.each([
    ["a 200 with failures", { body: { tasks: [], failures: [{ reason: "RESOURCE:ENI" }] } }, "capacity"],
    [
      "an exception",
      { status: 400, body: { __type: "ClientException", message: "above your limit" } },
      "shape",
    ],
    [
      "an outage that outlasts the retries",
      { status: 500, body: { __type: "ServerException", message: "Service Unavailable" } },
      "capacity",
    ],
    [
      "no permission",
      { status: 400, body: { __type: "AccessDeniedException", message: "no" } },
      "configuration",
    ],
  ])("refused by %s", async (_how, answer, kind) => {
    answers(() => answer);
    expect(await tasks.run(request)).toMatchObject({ refusal: { kind } });
    // Its retries belong to sweep, not to a billed Lambda.
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test("that an earlier reply had lost are found by the conflict", async () => {
    answers(() => ({
      status: 400,
      body: { __type: "ConflictException", message: "x", resourceIds: ["arn:task/9"] },
    }));
    expect(await tasks.run(request)).toEqual({ taskArn: "arn:task/9" });
  });

  test("are described, or missing", async () => {
    answers((_action, input) => ({
      body:
        (input.tasks as string[])[0] === "arn:task/1"
          ? { tasks: [{ taskArn: "arn:task/1", lastStatus: "RUNNING" }] }
          : { tasks: [], failures: [{ reason: "MISSING" }] },
    }));
    expect(await tasks.describe("arn:task/1")).toEqual({ state: "running", taskArn: "arn:task/1" });
    expect(await tasks.describe("arn:task/2")).toEqual({ state: "missing" });
  });

  test("are found by their launch alone, as ECS demands", async () => {
    answers((action) => ({
      body:
        action === "ListTasks"
          ? { taskArns: ["arn:task/1"] }
          : { tasks: [{ taskArn: "arn:task/1", lastStatus: "PENDING" }] },
    }));
    expect(await tasks.find(request.jobId, 12)).toEqual({ state: "starting", taskArn: "arn:task/1" });
    expect(asked[0]?.input).toEqual({ cluster: "arn:cluster", startedBy: `${request.jobId}-12` });
    answers(() => ({ body: { taskArns: [] } }));
    expect(await tasks.find(request.jobId, 12)).toEqual({ state: "missing" });
  });

  test("that run are listed page by page, a hundred to a look, foreign ones left out", async () => {
    const arns = Array.from({ length: 230 }, (_, index) => `arn:task/${index}`);
    answers((action, input) => {
      if (action === "ListTasks") {
        const from = Number(input.nextToken ?? 0);
        return {
          body: {
            taskArns: arns.slice(from, from + 100),
            ...(from + 100 < 230 ? { nextToken: String(from + 100) } : {}),
          },
        };
      }
      const described = (input.tasks as string[]).map((taskArn, index) => ({
        taskArn,
        startedBy: index === 0 ? "ecs-svc/1" : `${request.jobId}-${index}`,
        createdAt: 1_764_000_000.5,
      }));
      return { body: { tasks: described } };
    });
    const running = await tasks.running();
    expect(running).toHaveLength(230 - 3);
    expect(running[0]).toEqual({
      taskArn: "arn:task/1",
      jobId: request.jobId,
      dispatch: 1,
      startedAt: 1_764_000_000_500,
    });
    expect(
      asked
        .filter(({ action }) => action === "DescribeTasks")
        .map(({ input }) => (input.tasks as string[]).length),
    ).toEqual([100, 100, 30]);
    expect(asked[0]?.input).toEqual({ cluster: "arn:cluster", family: "sluice-dev" });
  });

  test("are stopped with a reason", async () => {
    answers(() => ({ body: { task: {} } }));
    await tasks.stop("arn:task/1", "cancelled by the caller");
    expect(asked[0]).toEqual({
      action: "StopTask",
      input: { cluster: "arn:cluster", task: "arn:task/1", reason: "cancelled by the caller" },
    });
  });
});

describe("wait slots", () => {
  let clock = 1_800_000_000_000;
  beforeAll(createJobsTable);

  test("are held by one each, given back, and lost by the clock", async () => {
    const slots = waitSlots(tableName, 1, () => clock);
    const giveBack = await slots.take(5);
    expect(giveBack).toBeDefined();
    expect(await slots.take(5)).toBeUndefined();
    await giveBack?.();
    expect(await slots.take(5)).toBeDefined();
    expect(await slots.take(5)).toBeUndefined();
    clock += 7_000;
    const later = await slots.take(5);
    expect(later).toBeDefined();
    // A holder that comes back after its time does not end the hold of the next one.
    await giveBack?.();
    expect(await slots.take(5)).toBeUndefined();
  });
});
