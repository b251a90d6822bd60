import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fargateTasks } from "../../../aws/ecs/tasks.ts";
import type { Tasks } from "../../../jobs/ports.ts";
import { type Answer, type StubCloud, startStubCloud } from "../../support/aws/stub-cloud.ts";

let cloud: StubCloud;
const clock = 1_800_000_000_000;

beforeAll(async () => {
  cloud = await startStubCloud();
});
afterAll(() => cloud.stop());

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
    const config = {
      clusterArn: "arn:cluster",
      taskDefinitionArn: "arn:aws:ecs:eu-west-1:1:task-definition/sluice-dev:7",
      subnetIds: ["subnet-1", "subnet-2"],
      securityGroupIds: ["sg-1"],
      assignPublicIp: true,
    };
    tasks = fargateTasks(config, () => clock);
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
      propagateTags: "TASK_DEFINITION",
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

  const throttle = { status: 400, body: { __type: "ThrottlingException", message: "Rate exceeded" } };
  const outage = { status: 500, body: { __type: "ServerException", message: "Service Unavailable" } };

  test.each<[string, Answer, { kind: string; unsure?: true }]>([
    [
      "a 200 with failures",
      { body: { tasks: [], failures: [{ reason: "RESOURCE:ENI" }] } },
      { kind: "capacity" },
    ],
    [
      "an exception",
      { status: 400, body: { __type: "ClientException", message: "above your limit" } },
      { kind: "shape" },
    ],
    ["a throttle that outlasts the retries", throttle, { kind: "busy" }],
    ["an outage that outlasts the retries", outage, { kind: "busy", unsure: true }],
    [
      "no permission",
      { status: 400, body: { __type: "AccessDeniedException", message: "no" } },
      { kind: "configuration" },
    ],
  ])("refused by %s", async (_how, answer, refusal) => {
    answers(() => answer);
    expect(await tasks.run(request)).toEqual({ refusal: { ...refusal, detail: expect.any(String) } });
    // Its retries belong to sweep, not to a billed Lambda.
    expect(asked.length).toBeLessThanOrEqual(3);
    // Whatever an attempt left behind is found by its token.
    expect(new Set(asked.map(({ input }) => input.clientToken)).size).toBe(1);
  });

  test("refused at last, but perhaps not at first: one attempt without an answer may have started a task", async () => {
    let attempts = 0;
    answers(() => (attempts++ === 0 ? outage : throttle));
    expect(await tasks.run(request)).toMatchObject({ refusal: { kind: "busy", unsure: true } });
    // The next launch starts from what it learns itself.
    answers(() => throttle);
    expect(await tasks.run(request)).toEqual({ refusal: { kind: "busy", detail: expect.any(String) } });
  });

  test("refused after an outage by an answer of its own: the same token says that no task was started", async () => {
    let attempts = 0;
    answers(() =>
      attempts++ === 0 ? outage : { body: { tasks: [], failures: [{ reason: "RESOURCE:ENI" }] } },
    );
    expect(await tasks.run(request)).toEqual({ refusal: { kind: "capacity", detail: "RESOURCE:ENI" } });
  });

  test("that an earlier reply had lost are found by the conflict", async () => {
    answers(() => ({
      status: 400,
      body: { __type: "ConflictException", message: "x", resourceIds: ["arn:task/9"] },
    }));
    expect(await tasks.run(request)).toEqual({ taskArn: "arn:task/9" });
  });

  test("are described a hundred at a time; those ECS does not know are left out", async () => {
    answers((_action, input) => {
      const known = (input.tasks as string[]).filter((arn) => arn !== "arn:task/7");
      return {
        body: {
          tasks: known.map((taskArn) => ({ taskArn, lastStatus: "RUNNING" })),
          failures: [{ reason: "MISSING" }],
        },
      };
    });
    const arns = Array.from({ length: 150 }, (_, index) => `arn:task/${index}`);
    const described = await tasks.describe(arns);
    expect(described.size).toBe(149);
    expect(described.get("arn:task/3")).toEqual({ state: "running", taskArn: "arn:task/3" });
    expect(described.has("arn:task/7")).toBe(false);
    expect(asked.map(({ input }) => (input.tasks as string[]).length)).toEqual([100, 50]);
    // ECS refuses an empty question.
    answers(() => ({
      status: 400,
      body: { __type: "InvalidParameterException", message: "Tasks cannot be empty." },
    }));
    expect((await tasks.describe([])).size).toBe(0);
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
        lastStatus: "RUNNING",
        createdAt: 1_764_000_000.5,
      }));
      return { body: { tasks: described } };
    });
    const running = await tasks.running();
    expect(running).toHaveLength(230 - 3);
    expect(running[0]).toEqual({
      state: "running",
      taskArn: "arn:task/1",
      jobId: request.jobId,
      dispatch: 1,
      createdAt: 1_764_000_000_500,
    });
    expect(
      asked
        .filter(({ action }) => action === "DescribeTasks")
        .map(({ input }) => (input.tasks as string[]).length),
    ).toEqual([100, 100, 30]);
    expect(asked[0]?.input).toEqual({ cluster: "arn:cluster", family: "sluice-dev" });
  });

  test("that run are those starting or running, not those asked to stop; the newest have no time yet", async () => {
    const states = [
      { lastStatus: "PROVISIONING" },
      { lastStatus: "RUNNING", desiredStatus: "RUNNING", createdAt: 1_764_000_000 },
      { lastStatus: "RUNNING", desiredStatus: "STOPPED", createdAt: 1_764_000_000 },
      { lastStatus: "DEACTIVATING", desiredStatus: "STOPPED" },
      { lastStatus: "STOPPED", desiredStatus: "STOPPED" },
    ];
    answers((action) => ({
      body:
        action === "ListTasks"
          ? { taskArns: states.map((_, index) => `arn:task/${index}`) }
          : {
              tasks: states.map((state, index) => ({
                taskArn: `arn:task/${index}`,
                startedBy: `${request.jobId}-${index + 1}`,
                ...state,
              })),
            },
    }));
    expect(await tasks.running()).toEqual([
      { state: "starting", taskArn: "arn:task/0", jobId: request.jobId, dispatch: 1, createdAt: clock },
      {
        state: "running",
        taskArn: "arn:task/1",
        jobId: request.jobId,
        dispatch: 2,
        createdAt: 1_764_000_000_000,
      },
    ]);
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
