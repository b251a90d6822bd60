import {
  DescribeTasksCommand,
  ListTasksCommand,
  paginateListTasks,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterArn, runTaskInput, startTaskCloud } from "../support/local/task-cloud.ts";

let at: Awaited<ReturnType<typeof startTaskCloud>>;

beforeAll(async () => {
  at = await startTaskCloud();
});

afterAll(() => at.stop());

describe("a task", () => {
  test("starts as PROVISIONING, runs, stops with its exit code, and says so once in an event", async () => {
    const { tasks = [], failures } = await at.ecs.send(
      new RunTaskCommand(
        runTaskInput("exit", { startedBy: "job-1", tags: [{ key: "jobId", value: "job" }] }, { CODE: "7" }),
      ),
    );
    expect(failures).toEqual([]);
    expect(tasks).toMatchObject([{ lastStatus: "PROVISIONING", clusterArn, startedBy: "job-1", cpu: "256" }]);
    const taskArn = tasks[0]?.taskArn ?? "";
    await at.cloud.ecs.stopped(taskArn);
    expect(await at.describe(taskArn)).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      containers: [{ name: "job", lastStatus: "STOPPED", exitCode: 7 }],
      tags: [{ key: "jobId", value: "job" }],
    });
    await expect.poll(() => at.eventsOf(taskArn).length).toBe(3);
    const mine = at.eventsOf(taskArn);
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
    const taskArn = await at.run("print");
    await at.cloud.ecs.stopped(taskArn);
    const line = at.cloud.lines.find((each) => each.includes(taskArn) && each.includes("table"));
    expect(JSON.parse(line?.slice(line.indexOf("{")) ?? "{}")).toEqual({
      table: "records",
      sqs: at.cloud.environment.AWS_ENDPOINT_URL_SQS,
      arn: taskArn,
    });
  });

  test("that passes its memory is killed: 137 and ECS's reason", async () => {
    const taskArn = await at.run("eat");
    await at.cloud.ecs.stopped(taskArn);
    expect(await at.describe(taskArn)).toMatchObject({
      stopCode: "EssentialContainerExited",
      containers: [{ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }],
    });
  });

  test("killed from outside is 137 without that reason", async () => {
    const taskArn = await at.run("wait");
    await at.waiting(taskArn);
    process.kill(at.cloud.ecs.pid(taskArn) ?? 0, "SIGKILL");
    await at.cloud.ecs.stopped(taskArn);
    const task = await at.describe(taskArn);
    expect(task?.containers).toMatchObject([{ exitCode: 137 }]);
    expect(task?.containers?.[0]?.reason).toBeUndefined();
  });
});

describe("StopTask", () => {
  test("sends SIGTERM; the reason is the caller's", async () => {
    const taskArn = await at.run("wait");
    await at.waiting(taskArn);
    const { task } = await at.ecs.send(
      new StopTaskCommand({ cluster: "crunch", task: taskArn, reason: "cancelled" }),
    );
    expect(task).toMatchObject({ desiredStatus: "STOPPED", lastStatus: "RUNNING" });
    await at.cloud.ecs.stopped(taskArn);
    expect(await at.describe(taskArn)).toMatchObject({
      stopCode: "UserInitiated",
      stoppedReason: "cancelled",
      containers: [{ exitCode: 0 }],
    });
  });

  test("kills what does not end within the definition's stopTimeout", async () => {
    const taskArn = await at.run("stubborn");
    await at.waiting(taskArn);
    const asked = performance.now();
    await at.ecs.send(new StopTaskCommand({ cluster: "crunch", task: taskArn }));
    await at.cloud.ecs.stopped(taskArn);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(950);
    expect((await at.describe(taskArn))?.containers).toMatchObject([{ exitCode: 137 }]);
  });

  test("of an unknown task is InvalidParameterException", async () => {
    const stop = at.ecs.send(new StopTaskCommand({ cluster: "crunch", task: "nothing" }));
    await expect(stop).rejects.toMatchObject({ name: "InvalidParameterException" });
  });
});

describe("clientToken", () => {
  test("starts one task however often it is sent, even when that task has stopped", async () => {
    const same = runTaskInput("exit", { clientToken: "job-1" }, { CODE: "0" });
    const first = await at.ecs.send(new RunTaskCommand(same));
    const again = await at.ecs.send(new RunTaskCommand(same));
    const taskArn = first.tasks?.[0]?.taskArn ?? "";
    expect(again.tasks?.[0]?.taskArn).toBe(taskArn);
    await at.cloud.ecs.stopped(taskArn);
    const late = await at.ecs.send(new RunTaskCommand(same));
    expect(late.tasks).toMatchObject([{ taskArn, lastStatus: "STOPPED" }]);
  });

  test("with other parameters is a conflict that names the task", async () => {
    const taskArn = await at.run("exit", { clientToken: "job-2" }, { CODE: "0" });
    const other = at.ecs.send(
      new RunTaskCommand(runTaskInput("exit", { clientToken: "job-2" }, { CODE: "1" })),
    );
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
    const attempt = at.ecs.send(new RunTaskCommand(runTaskInput("exit", overrides, { CODE: "0" })));
    await expect(attempt).rejects.toMatchObject({ name });
  });
});

test("ListTasks filters by startedBy and status, in pages; DescribeTasks names what is missing", async () => {
  const arns = await Promise.all([1, 2, 3].map(() => at.run("wait", { startedBy: "listed" })));
  const found: string[] = [];
  const pages = paginateListTasks(
    { client: at.ecs, pageSize: 2 },
    { cluster: "crunch", startedBy: "listed" },
  );
  for await (const { taskArns = [] } of pages) found.push(...taskArns);
  expect(found.toSorted()).toEqual(arns.toSorted());
  await Promise.all(arns.map((task) => at.ecs.send(new StopTaskCommand({ cluster: "crunch", task }))));
  await Promise.all(arns.map((arn) => at.cloud.ecs.stopped(arn)));
  const running = await at.ecs.send(new ListTasksCommand({ cluster: "crunch", startedBy: "listed" }));
  expect(running.taskArns).toEqual([]);
  const stopped = await at.ecs.send(
    new ListTasksCommand({ cluster: "crunch", startedBy: "listed", desiredStatus: "STOPPED" }),
  );
  expect(stopped.taskArns?.toSorted()).toEqual(arns.toSorted());
  const missing = await at.ecs.send(new DescribeTasksCommand({ cluster: "crunch", tasks: ["gone"] }));
  expect(missing).toMatchObject({ tasks: [], failures: [{ arn: "gone", reason: "MISSING" }] });
});
