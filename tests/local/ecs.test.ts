import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  paginateListTasks,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Template } from "../../local/cloudformation/template.ts";
import { bundleFolder } from "../support/bundles.ts";
import { startLocalCloud, type TestCloud } from "../support/local-cloud.ts";
import { clientSettings } from "../support/settings.ts";

const template: Template = {
  Resources: {
    Table: { Type: "AWS::DynamoDB::Table", Properties: tableOf("records") },
    Cluster: { Type: "AWS::ECS::Cluster", Properties: { ClusterName: "crunch" } },
    Task: {
      Type: "AWS::ECS::TaskDefinition",
      Properties: {
        Family: "crunch",
        Cpu: "256",
        Memory: "512",
        ContainerDefinitions: [
          { Name: "job", StopTimeout: 1, Environment: [{ Name: "TABLE_NAME", Value: { Ref: "Table" } }] },
        ],
      },
    },
  },
};

function tableOf(TableName: string) {
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  };
}

/** What a task does is in its environment. */
const script = `
  const act = {
    exit: () => process.exit(Number(process.env.CODE)),
    print: async () => {
      const metadata = await (await fetch(process.env.ECS_CONTAINER_METADATA_URI_V4 + "/task")).json();
      console.log(JSON.stringify({ table: process.env.TABLE_NAME, sqs: process.env.AWS_ENDPOINT_URL_SQS, arn: metadata.TaskARN, stray: process.env.VITEST }));
    },
    wait: () => { console.log("waiting"); process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000) },
    stubborn: () => { process.on("SIGTERM", () => {}); console.log("waiting"); setInterval(() => {}, 1000) },
    eat: () => { const held = []; for (;;) held.push(Buffer.alloc(16 << 20, 1)) },
  };
  void act[process.env.ACT]();
`;

interface StateChange {
  readonly "detail-type": string;
  readonly detail: { taskArn: string; lastStatus: string; version: number; [field: string]: unknown };
}

let cloud: TestCloud;
let ecs: ECSClient;
const folder = bundleFolder();
const events: StateChange[] = [];

beforeAll(async () => {
  const file = folder.write("task", script);
  cloud = await startLocalCloud({ template, taskCommand: async () => [file] });
  ecs = new ECSClient({ ...clientSettings(cloud, "ECS"), maxAttempts: 1 });
  cloud.events.addRule({
    pattern: { source: ["aws.ecs"], detail: { clusterArn: [clusterArn] } },
    target: "test",
    async invoke(event) {
      events.push(event as StateChange);
      return { payload: "null" };
    },
  });
});

afterEach(() => {
  cloud.ecs.faults.request = undefined;
  cloud.ecs.faults.event = undefined;
});

afterAll(async () => {
  ecs.destroy();
  await cloud.stop();
  folder.remove();
});

const clusterArn = "arn:aws:ecs:eu-west-1:000000000000:cluster/crunch";

function input(act: string, overrides: Partial<RunTaskCommandInput> = {}, env: Record<string, string> = {}) {
  const environment = Object.entries({ ACT: act, ...env }).map(([name, value]) => ({ name, value }));
  return {
    cluster: "crunch",
    taskDefinition: "crunch",
    launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
    overrides: { containerOverrides: [{ name: "job", environment }] },
    ...overrides,
  } satisfies RunTaskCommandInput;
}

async function run(...args: Parameters<typeof input>): Promise<string> {
  const { tasks = [] } = await ecs.send(new RunTaskCommand(input(...args)));
  return tasks[0]?.taskArn ?? "";
}

async function describeOne(taskArn: string) {
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: clusterArn, tasks: [taskArn] }));
  return tasks[0];
}

/** Until a running task has said that it waits. */
async function waiting(taskArn: string): Promise<void> {
  const mine = `task ${taskArn.slice(-8)}`;
  await expect
    .poll(() => cloud.lines.some((line) => line.startsWith(mine) && line.includes("waiting")), {
      timeout: 10_000,
      interval: 5,
    })
    .toBe(true);
}

describe("a task", () => {
  test("starts as PROVISIONING, runs, stops with its exit code, and says so once in an event", async () => {
    const { tasks = [], failures } = await ecs.send(
      new RunTaskCommand(
        input("exit", { startedBy: "job-1", tags: [{ key: "jobId", value: "job" }] }, { CODE: "7" }),
      ),
    );
    expect(failures).toEqual([]);
    expect(tasks).toMatchObject([{ lastStatus: "PROVISIONING", clusterArn, startedBy: "job-1", cpu: "256" }]);
    const taskArn = tasks[0]?.taskArn ?? "";
    await cloud.ecs.stopped(taskArn);
    expect(await describeOne(taskArn)).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      containers: [{ name: "job", lastStatus: "STOPPED", exitCode: 7 }],
      tags: [{ key: "jobId", value: "job" }],
    });
    await expect.poll(() => events.filter(({ detail }) => detail.taskArn === taskArn).length).toBe(3);
    const mine = events.filter(({ detail }) => detail.taskArn === taskArn);
    expect(mine.map(({ detail }) => detail.lastStatus)).toEqual(["PENDING", "RUNNING", "STOPPED"]);
    expect(mine.at(-1)).toMatchObject({
      source: "aws.ecs",
      "detail-type": "ECS Task State Change",
      resources: [taskArn],
      detail: {
        startedBy: "job-1",
        stopCode: "EssentialContainerExited",
        stoppedReason: "Essential container in task exited",
        containers: [{ name: "job", exitCode: 7 }],
        stoppedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    });
    expect(mine.map(({ detail }) => detail.version)).toEqual([2, 3, 4]);
  });

  test("has its definition's environment, the endpoints, its metadata, and nothing of this process", async () => {
    const taskArn = await run("print");
    await cloud.ecs.stopped(taskArn);
    const line = cloud.lines.find((each) => each.includes(taskArn) && each.includes("table"));
    expect(JSON.parse(line?.slice(line.indexOf("{")) ?? "{}")).toEqual({
      table: "records",
      sqs: cloud.environment.AWS_ENDPOINT_URL_SQS,
      arn: taskArn,
    });
  });

  test("that passes its memory is killed: 137 and ECS's reason", async () => {
    const taskArn = await run("eat");
    await cloud.ecs.stopped(taskArn);
    expect(await describeOne(taskArn)).toMatchObject({
      stopCode: "EssentialContainerExited",
      containers: [{ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }],
    });
  });

  test("killed from outside is 137 without that reason", async () => {
    const taskArn = await run("wait");
    await waiting(taskArn);
    process.kill(cloud.ecs.pid(taskArn) ?? 0, "SIGKILL");
    await cloud.ecs.stopped(taskArn);
    const task = await describeOne(taskArn);
    expect(task?.containers).toMatchObject([{ exitCode: 137 }]);
    expect(task?.containers?.[0]?.reason).toBeUndefined();
  });
});

describe("StopTask", () => {
  test("sends SIGTERM; the reason is the caller's", async () => {
    const taskArn = await run("wait");
    await waiting(taskArn);
    const { task } = await ecs.send(
      new StopTaskCommand({ cluster: "crunch", task: taskArn, reason: "cancelled" }),
    );
    expect(task).toMatchObject({ desiredStatus: "STOPPED", lastStatus: "RUNNING" });
    await cloud.ecs.stopped(taskArn);
    expect(await describeOne(taskArn)).toMatchObject({
      stopCode: "UserInitiated",
      stoppedReason: "cancelled",
      containers: [{ exitCode: 0 }],
    });
  });

  test("kills what does not end within the definition's stopTimeout", async () => {
    const taskArn = await run("stubborn");
    await waiting(taskArn);
    const asked = performance.now();
    await ecs.send(new StopTaskCommand({ cluster: "crunch", task: taskArn }));
    await cloud.ecs.stopped(taskArn);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(950);
    expect((await describeOne(taskArn))?.containers).toMatchObject([{ exitCode: 137 }]);
  });

  test("of an unknown task is InvalidParameterException", async () => {
    const stop = ecs.send(new StopTaskCommand({ cluster: "crunch", task: "nothing" }));
    await expect(stop).rejects.toMatchObject({ name: "InvalidParameterException" });
  });
});

describe("clientToken", () => {
  test("starts one task however often it is sent, even when that task has stopped", async () => {
    const same = input("exit", { clientToken: "job-1" }, { CODE: "0" });
    const first = await ecs.send(new RunTaskCommand(same));
    const again = await ecs.send(new RunTaskCommand(same));
    const taskArn = first.tasks?.[0]?.taskArn ?? "";
    expect(again.tasks?.[0]?.taskArn).toBe(taskArn);
    await cloud.ecs.stopped(taskArn);
    const late = await ecs.send(new RunTaskCommand(same));
    expect(late.tasks).toMatchObject([{ taskArn, lastStatus: "STOPPED" }]);
  });

  test("with other parameters is a conflict that names the task", async () => {
    const taskArn = await run("exit", { clientToken: "job-2" }, { CODE: "0" });
    const other = ecs.send(new RunTaskCommand(input("exit", { clientToken: "job-2" }, { CODE: "1" })));
    await expect(other).rejects.toMatchObject({ name: "ConflictException", resourceIds: [taskArn] });
  });
});

describe("RunTask refuses", () => {
  const refused: [string, Partial<RunTaskCommandInput>, string][] = [
    ["an unknown cluster", { cluster: "other" }, "ClusterNotFoundException"],
    ["an unknown family", { taskDefinition: "other" }, "ClientException"],
    ["a size Fargate does not have", { overrides: { cpu: "256", memory: "9999" } }, "ClientException"],
    ["no network", { networkConfiguration: undefined }, "InvalidParameterException"],
    [
      "launch type and capacity providers together",
      { capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] },
      "InvalidParameterException",
    ],
    [
      "an override for another container",
      { overrides: { containerOverrides: [{ name: "x" }] } },
      "InvalidParameterException",
    ],
  ];
  test.each(refused)("%s", async (_, overrides, name) => {
    const attempt = ecs.send(new RunTaskCommand(input("exit", overrides, { CODE: "0" })));
    await expect(attempt).rejects.toMatchObject({ name });
  });
});

test("ListTasks filters by startedBy and status, in pages; DescribeTasks names what is missing", async () => {
  const arns = await Promise.all([1, 2, 3].map(() => run("wait", { startedBy: "listed" })));
  const found: string[] = [];
  const pages = paginateListTasks({ client: ecs, pageSize: 2 }, { cluster: "crunch", startedBy: "listed" });
  for await (const { taskArns = [] } of pages) found.push(...taskArns);
  expect(found.toSorted()).toEqual(arns.toSorted());
  await Promise.all(arns.map((task) => ecs.send(new StopTaskCommand({ cluster: "crunch", task }))));
  await Promise.all(arns.map((arn) => cloud.ecs.stopped(arn)));
  const running = await ecs.send(new ListTasksCommand({ cluster: "crunch", startedBy: "listed" }));
  expect(running.taskArns).toEqual([]);
  const stopped = await ecs.send(
    new ListTasksCommand({ cluster: "crunch", startedBy: "listed", desiredStatus: "STOPPED" }),
  );
  expect(stopped.taskArns?.toSorted()).toEqual(arns.toSorted());
  const missing = await ecs.send(new DescribeTasksCommand({ cluster: "crunch", tasks: ["gone"] }));
  expect(missing).toMatchObject({ tasks: [], failures: [{ arn: "gone", reason: "MISSING" }] });
});

describe("faults", () => {
  test("failures[] instead of a task", async () => {
    cloud.ecs.faults.request = () => ({ failures: [{ reason: "Capacity is unavailable at this time." }] });
    const answer = await ecs.send(new RunTaskCommand(input("exit")));
    expect(answer).toMatchObject({
      tasks: [],
      failures: [{ reason: "Capacity is unavailable at this time." }],
    });
  });

  test("an error of the API", async () => {
    cloud.ecs.faults.request = (action) =>
      action === "RunTask" ? { error: { type: "ThrottlingException", message: "Rate exceeded" } } : undefined;
    const attempt = ecs.send(new RunTaskCommand(input("exit")));
    await expect(attempt).rejects.toMatchObject({
      name: "ThrottlingException",
    });
  });

  test("a reply lost after the task was started: the token finds it", async () => {
    const request = input("exit", { clientToken: "lost", startedBy: "lost" }, { CODE: "0" });
    cloud.ecs.faults.request = () => ({ dropReply: true });
    await expect(ecs.send(new RunTaskCommand(request))).rejects.toThrow();
    cloud.ecs.faults.request = undefined;
    const { tasks = [] } = await ecs.send(new RunTaskCommand(request));
    expect(cloud.ecs.tasks().filter(({ startedBy }) => startedBy === "lost")).toMatchObject([
      { taskArn: tasks[0]?.taskArn },
    ]);
  });

  test("events lost and doubled", async () => {
    cloud.ecs.faults.event = (event) =>
      (event as StateChange).detail.lastStatus === "STOPPED" ? [0, 0] : [];
    const taskArn = await run("exit", {}, { CODE: "0" });
    const mine = () => events.filter(({ detail }) => detail.taskArn === taskArn);
    await expect.poll(() => mine().length).toBe(2);
    expect(mine()[0]).toEqual(mine()[1]);
  });

  test("a Spot interruption", async () => {
    const taskArn = await run("wait");
    await waiting(taskArn);
    cloud.ecs.interrupt(taskArn, "SpotInterruption", "Your Spot Task was interrupted.");
    await cloud.ecs.stopped(taskArn);
    expect(await describeOne(taskArn)).toMatchObject({
      stopCode: "SpotInterruption",
      containers: [{ exitCode: 0 }],
    });
  });
});
