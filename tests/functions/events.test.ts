import { Problem } from "@sluice/contract/problem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as direct } from "../../functions/compute.ts";
import { handler as redrive } from "../../functions/redrive.ts";
import { handler as settle } from "../../functions/settle.ts";
import { handler as sweep } from "../../functions/sweep.ts";
import { handler as work } from "../../functions/work.ts";
import { freshStage, lambdaContext, stage } from "../support/functions/stage.ts";
import { forged } from "../support/jobs/forged.ts";
import { inBucket, type World } from "../support/jobs/memory-ports.ts";
import { fargateRoute, sampleJob, taskArn } from "../support/jobs/sample-jobs.ts";
import { submitted } from "../support/jobs/submitting.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

let world: World;
beforeEach(() => {
  world = freshStage("none", inBucket);
});

const records = (...bodies: string[]) =>
  ({
    Records: bodies.map((body, index) => ({
      messageId: String(index),
      body,
      attributes: { ApproximateReceiveCount: "1" },
    })),
  }) as never;
const answered = { batchItemFailures: [] };
const comesAgain = { batchItemFailures: [{ itemIdentifier: "0" }] };
const run = (handler: (event: never, context: never) => unknown, event: unknown, remainingMs?: number) =>
  handler(event as never, lambdaContext(remainingMs) as never);

describe("work", () => {
  test("runs what a message asks for, and acknowledges it by not naming it", async () => {
    const { job } = await submitted(world);
    expect(await run(work, records(JSON.stringify(world.messages[0])), 120_000)).toEqual(answered);
    expect(world.job(job.jobId).status).toBe("COMPLETED");
    expect(world.measures).toMatchObject([{ JobsAccepted: 1 }, { JobsCompleted: 1 }]);
    // Delivered again: acknowledged again, and nothing happens.
    const before = structuredClone(world.table);
    expect(await run(work, records(JSON.stringify(world.messages[0])), 120_000)).toEqual(answered);
    expect(world.table).toEqual(before);
  });

  test.each([
    ["three beats, when the function lives longer", 60_000, 45_000],
    ["the function's own end, when that is sooner", 20_000, 30_000],
  ])("leases the job for %s", async (_what, remaining, lease) => {
    const { job } = await submitted(world);
    const leases: (number | undefined)[] = [];
    world.broken.set("objects.put", () => {
      leases.push(world.job(job.jobId).leaseUntil);
      return undefined;
    });
    await run(work, records(JSON.stringify(world.messages[0])), remaining);
    expect(Math.abs((leases[0] ?? 0) - (Date.now() + lease))).toBeLessThan(2_000);
  });

  test.each([
    ...["", "hello", "{}", '{"v":1,"jobId":"x","dispatch":1,"target":"lambda"}'],
    // Of a later release, after a rollback: returning would acknowledge it.
    `{"v":2,"jobId":"${"0".repeat(26)}","dispatch":1,"target":"lambda"}`,
  ])("names what it cannot read, so that it ends in the DLQ: %j", async (body) => {
    expect(await run(work, records(body))).toEqual(comesAgain);
    expect(world.calls).toEqual([]);
  });

  test("names a message when nothing could be written, so that it comes back, and no other", async () => {
    await submitted(world);
    await submitted(world);
    const broken = world.messages[0]?.jobId;
    world.broken.set("store.update", [new Error("InternalServerError")]);
    const batch = records(...world.messages.map((message) => JSON.stringify(message)));
    expect(await run(work, batch)).toEqual(comesAgain);
    expect(world.log).toContainEqual(
      expect.objectContaining({
        level: "error",
        fields: expect.objectContaining({
          error: expect.objectContaining({ message: "InternalServerError" }),
        }),
      }),
    );
    expect([...world.table.values()].map(({ jobId, status }) => [jobId === broken, status])).toEqual([
      [true, "PENDING"],
      [false, "COMPLETED"],
    ]);
  });
});

describe("settle", () => {
  const launched = sampleJob({
    step: "launched",
    route: fargateRoute,
    taskArn,
    deadlineAt: Date.now() + 1e7,
    ttl: Date.now() / 1000 + 1e6,
  });
  /** As EventBridge delivers it; dates are text, and there is more than we read. */
  const event = (detail: Record<string, unknown>) => ({
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    resources: [taskArn],
    detail: {
      clusterArn: "arn:cluster",
      taskArn,
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      startedBy: `${launched.jobId}-${launched.dispatch}`,
      containers: [
        {
          name: "job",
          lastStatus: "STOPPED",
          exitCode: 137,
          reason: "OutOfMemoryError: Container killed due to memory usage",
        },
      ],
      stoppedAt: "2026-11-23T12:00:00Z",
      version: 5,
      ...detail,
    },
  });

  beforeEach(() => {
    world.table.set(launched.jobId, launched);
  });

  test("brings a stopped task to its job", async () => {
    await run(settle, event({}));
    expect(world.job(launched.jobId)).toMatchObject({ status: "PENDING", step: "send", countedAttempts: 1 });
    expect(world.job(launched.jobId).route.memoryMiB).toBeGreaterThan(fargateRoute.memoryMiB);
  });

  test.each([
    ["that was not started for a job", { startedBy: "ecs-svc/1" }],
    ["that nobody started", { startedBy: undefined }],
    [
      "that still runs: the Spot warning comes before the end",
      { lastStatus: "RUNNING", stopCode: "SpotInterruption" },
    ],
    ["of another dispatch", { startedBy: `${launched.jobId}-2` }],
    ["of a job nobody knows", { startedBy: `${"z".repeat(26)}-3` }],
  ])("leaves alone a task %s", async (_what, detail) => {
    await run(settle, event(detail));
    expect(world.job(launched.jobId)).toEqual(launched);
  });

  test("throws when the table does not answer, so that EventBridge delivers again", async () => {
    world.broken.set("store.get", [new Error("InternalServerError")]);
    await expect(run(settle, event({}))).rejects.toThrow("InternalServerError");
  });
});

test("sweep looks at what is due and says what it did", async () => {
  const { job } = await submitted(world);
  await world.ports.store.update(job.jobId, {}, forged({ dueAt: Date.now() - 1 }));
  world.messages.length = 0;
  expect(await run(sweep, {})).toEqual({
    due: 1,
    moved: 1,
    overdue: 0,
    failed: 0,
    tasksStopped: 0,
    admitted: 0,
    deadLetters: 0,
    announced: 0,
  });
  expect(world.messages).toHaveLength(1);
});

test("sweep says that nothing is overdue where an alarm listens, and nothing when it cannot tell", async () => {
  await run(sweep, {});
  expect(world.measures).toEqual([]);
  stage.alarms = true;
  await run(sweep, {});
  expect(world.measures).toEqual([{ JobsOverdue: 0 }]);
  world.broken.set("store.due", [new Error("InternalServerError")]);
  await run(sweep, {});
  expect(world.measures).toHaveLength(1);
});

describe("redrive, for sls invoke", () => {
  /** Jobs whose messages the queue gave up on. */
  async function deadJobs(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) ids.push((await submitted(world)).job.jobId);
    world.dead.push(...world.messages.splice(0).map((message) => JSON.stringify(message)));
    await run(sweep, {});
    for (const jobId of ids) expect(world.job(jobId).status).toBe("FAILED");
    return ids;
  }

  test.each([[{}], [null], [{ dryRun: true }]])("asked with %j only says what it would do", async (event) => {
    const ids = await deadJobs(2);
    const before = structuredClone([world.table, world.dead]);
    expect(await run(redrive, event)).toMatchObject({
      dryRun: true,
      found: 2,
      items: ids.map((jobId) => ({ jobId, action: "retried" })),
    });
    expect([world.table, world.dead]).toEqual(before);
  });

  test("runs the jobs again and removes their messages, those it was asked for", async () => {
    const [first = "", second = ""] = await deadJobs(2);
    const { items } = (await run(redrive, { dryRun: false, jobId: second })) as { items: unknown[] };
    expect(items).toMatchObject([{ jobId: second, action: "retried" }]);
    expect(world.job(second)).toMatchObject({ status: "PENDING", run: 2 });
    expect(world.job(first).status).toBe("FAILED");
    expect(world.dead).toHaveLength(1);
    await run(redrive, { dryRun: false, owner: "nobody" });
    expect(world.dead).toHaveLength(1);
    await run(redrive, { dryRun: false, limit: 1 });
    expect([world.job(first).status, world.dead]).toEqual(["PENDING", []]);
  });

  test.each([
    [{ dryrun: false }, "dryrun"],
    [{ dryRun: "false" }, "dryRun"],
    [{ limit: 0 }, "limit"],
    [{ limit: 1001 }, "limit"],
    [{ jobId: "" }, "jobId"],
    ["all", "body"],
  ])("refuses %j before it touches anything", async (event, field) => {
    await expect(run(redrive, event)).rejects.toMatchObject({ name: "Problem", place: { field } });
    expect(world.calls).toEqual([]);
  });
});

describe("compute, for sls invoke", () => {
  test("returns the outputs of a submit body", async () => {
    const answer = await run(direct, {
      operation: "matmul",
      inputs: { a: { data: [[2]] }, b: { data: [[3]] } },
    });
    expect(answer).toMatchObject({ outputs: { result: { data: [[6]] } } });
    expect(world.calls).toEqual([]);
  });

  test("refuses what submit would refuse", async () => {
    await expect(run(direct, { dataMatrix: [[1]], colour: "red" })).rejects.toBeInstanceOf(Problem);
    await expect(run(direct, undefined)).rejects.toBeInstanceOf(Problem);
  });
});
