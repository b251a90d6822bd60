import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { isTerminal } from "@sluice/contract/job";
import { encodeNpy } from "@sluice/contract/npy";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readConfig } from "../../aws/config.ts";
import { jobStore } from "../../aws/dynamodb/job-store.ts";
import { taskSlots } from "../../aws/dynamodb/slots.ts";
import { fargateTasks } from "../../aws/ecs/tasks.ts";
import { retryJob } from "../../jobs/api/own-jobs.ts";
import { jobView } from "../../jobs/api/view.ts";
import { parseMessage } from "../../jobs/message.ts";
import type { Ports } from "../../jobs/ports.ts";
import { isStored, type Job, NewerRecord, recordVersion } from "../../jobs/record.ts";
import { claim } from "../../jobs/run/claim.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { runJob } from "../../jobs/run/run.ts";
import { redrive } from "../../jobs/sweep/redrive.ts";
import { sweep } from "../../jobs/sweep/sweep.ts";
import { createJobsTable } from "../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud, tableName } from "../support/aws/stub-cloud.ts";
import { memoryWorld, type World } from "../support/jobs/memory-ports.ts";

/**
 * What earlier releases left in table and queue (tests/fixtures/versions, made by their own code: freeze-version.ts)
 * is gone on with by this one; what a later release left stays as it is. v1-first is the first release: it knows no
 * line, no waiters, no etag.
 */
type Item = Record<string, unknown> & { pk: string; jobId: string; createdAt: number };

const folder = path.resolve(import.meta.dirname, "../fixtures/versions");
const releases = readdirSync(folder);
const read = (release: string, name: string) =>
  JSON.parse(readFileSync(path.join(folder, release, `${name}.json`), "utf8"), bytesOfText);
/** Bytes, as freeze-version.ts writes them. */
const bytesOfText = (_name: string, value: unknown) =>
  typeof value === "object" && value !== null && "B" in value
    ? new Uint8Array(Buffer.from(String(value.B), "base64"))
    : value;
const records = releases.flatMap((release) =>
  readdirSync(path.join(folder, release))
    .filter((file) => file.startsWith("record-"))
    .map((file) => ({
      release,
      name: path.basename(file, ".json"),
      item: read(release, path.basename(file, ".json")) as Item,
    })),
);

let cloud: StubCloud;
let client: DynamoDBDocumentClient;
let world: World;
let ports: Ports;
const put: Item[] = [];

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  world = memoryWorld();
  ports = { ...world.ports, store: jobStore(tableName, Date.now) };
});
afterEach(async () => {
  vi.useRealTimers();
  for (const { pk } of put.splice(0))
    await client.send(new DeleteCommand({ TableName: tableName, Key: { pk } }));
});

/** The record lies in the table, its input in the bucket, and it is a moment later. */
async function given(item: Item): Promise<void> {
  put.push(item);
  await client.send(new PutCommand({ TableName: tableName, Item: item }));
  for (const input of Object.values(item.inputs as Job["inputs"])) {
    if (!isStored(input)) continue;
    const data = new Float64Array(input.shape.reduce((product, extent) => product * extent, 1)).fill(1);
    world.bucket.set(input.key, encodeNpy({ shape: input.shape, dtype: "float64", data }));
  }
  vi.setSystemTime(item.createdAt + 1_000);
}

async function raw({ pk }: Item): Promise<Item> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: { pk }, ConsistentRead: true }),
  );
  return Item as Item;
}

const lambda = () => ({ target: "lambda", killedAt: Date.now() + 120_000 }) as const;

/** Sweep, queue and ECS as they are, until the job has ended. */
async function toTheEnd({ jobId }: Item): Promise<Job> {
  for (let round = 0; round < 20; round++) {
    await sweep(ports);
    for (const message of world.messages.splice(0)) await work(message, lambda(), compute, ports);
    for (const { request, observation } of world.started.splice(0)) {
      const { taskArn } = observation;
      await runJob(request, { target: "fargate", taskArn }, compute, ports);
      await ports.slots.release(request);
    }
    const job = await ports.store.get(jobId);
    if (!job || isTerminal(job.status)) {
      if (job) return job;
      break;
    }
    vi.setSystemTime(Math.max(Date.now() + 1_000, (job.dueAt ?? 0) + 1));
  }
  throw new Error(`job ${jobId} did not end`);
}

/** A field that a later release adds, in the record and in each attempt. */
function withMore(item: Item): Item {
  const attempts = (item.attempts as object[]).map((attempt) => ({ ...attempt, later: "x" }));
  return { ...item, attempts, later: { kept: [1, "é"] } };
}

test("this release's own records are among the frozen ones", () => {
  expect(releases).toContain(`v${recordVersion}`);
  const steps = records.flatMap(({ item }) => [item.status, item.step]);
  for (const state of [
    "inputs",
    "send",
    "sent",
    "line",
    "launched",
    "PROCESSING",
    "COMPLETED",
    "FAILED",
    "CANCELLED",
  ])
    expect(steps).toContain(state);
});

describe.each(records)("$release $name", ({ release, name, item }) => {
  test("is read, and shown to its owner", async () => {
    await given(item);
    const job = await ports.store.get(item.jobId);
    expect(job).toMatchObject({ jobId: item.jobId, status: item.status, dispatch: item.dispatch });
    expect((await jobView(job as Job, ports)).statusReason).toBe(item.statusReason);
  });

  test("goes on to its end, and keeps what a later release has added", async () => {
    const before = withMore(item);
    await given(before);
    if (name === "record-inputs") await given(read(release, "record-waited-for"));
    if (isTerminal(item.status as Job["status"])) {
      if (item.status === "COMPLETED") return;
      await retryJob(item.jobId, String(item.owner), ports);
    }
    expect(await toTheEnd(before)).toMatchObject({ status: "COMPLETED", progress: 1 });
    const after = await raw(before);
    expect(after.later).toEqual({ kept: [1, "é"] });
    const attempts = after.attempts as { later?: string }[];
    expect(attempts.filter(({ later }) => later === "x")).toHaveLength((item.attempts as []).length);
  });

  test("of a later version is left as it is: not read, not claimed, not swept", async () => {
    const later = { ...item, v: recordVersion + 1 };
    await given(later);
    vi.setSystemTime(Math.max(Date.now(), Number(item.dueAt ?? 0)) + 1);
    await expect(ports.store.get(item.jobId)).rejects.toThrow(NewerRecord);
    await expect(ports.store.list(String(item.owner), { limit: 10 })).rejects.toThrow(NewerRecord);
    await expect(claim(item.jobId, Number(item.dispatch), lambda(), ports)).rejects.toThrow(NewerRecord);
    await expect(ports.store.addDependent(item.jobId, "other")).rejects.toThrow(NewerRecord);
    const { moved } = await sweep(ports);
    expect([moved, world.messages, world.started]).toEqual([0, [], []]);
    expect(await raw(item)).toEqual(later);
  });
});

test("a record that lists more attempts than this release does is shown, and goes on, with none uncounted", async () => {
  const failed = read("v1", "record-failed") as Item;
  const [one] = failed.attempts as [object];
  const attempts = Array.from({ length: 60 }, (_, index) => ({ ...one, dispatch: index + 1 }));
  const item = { ...failed, attempts, dispatch: 60 };
  await given(item);
  const numbers = async () => {
    const view = await jobView((await ports.store.get(item.jobId)) as Job, ports);
    return [view.attempts[0]?.attempt, view.attempts.at(-1)?.attempt, view.attemptCount];
  };
  expect(await numbers()).toEqual([11, 60, 60]);
  await retryJob(item.jobId, String(failed.owner), ports);
  const job = await toTheEnd(item);
  expect(job).toMatchObject({ status: "COMPLETED", droppedAttempts: { count: 11 } });
  expect(job.attempts).toHaveLength(50);
  expect(await numbers()).toEqual([12, 61, 61]);
});

describe.each(releases)("%s", (release) => {
  test("its message is worked on after the update", async () => {
    const item = read(release, "record-sent");
    await given(item);
    const message = parseMessage(JSON.stringify(read(release, "message-lambda")));
    expect(message.jobId).toBe(item.jobId);
    expect(await work(message, lambda(), compute, ports)).toBe("completed");
  });

  test("the task that it launched runs this release's image, and settles", async () => {
    const item = read(release, "record-launched");
    await given(item);
    const [override] = read(release, "run-task").overrides.containerOverrides;
    const { JOB_ID, DISPATCH } = Object.fromEntries(
      override.environment.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect([override.name, JOB_ID]).toEqual(["job", item.jobId]);
    const launch = { jobId: JOB_ID, dispatch: Number(DISPATCH) };
    expect(await runJob(launch, { target: "fargate", taskArn: item.taskArn }, compute, ports)).toBe(
      "completed",
    );
  });
});

describe("an image and the functions of another release", () => {
  const frozen = read("v1", "task-environment");
  const names = (environment: { name: string }[]) => environment.map(({ name }) => name);

  test("this image starts in the environment of the release before, and minds no more than it knows", () => {
    expect(readConfig({ ...frozen, LATER: "x" })).toMatchObject({ tableName: frozen.TABLE_NAME });
  });

  test("the image of the release before gets all that it reads, from task definition and RunTask", async () => {
    const definition = readFileSync(path.resolve(import.meta.dirname, "../../infra/cluster.yml"), "utf8");
    const defined = [...definition.matchAll(/\{ Name: ([A-Z_]+), Value:/g)].map(([, name]) => name);
    const taskDefinitionArn = "arn:aws:ecs:eu-west-1:1:task-definition/sluice-dev:7";
    const place = { clusterArn: "", subnetIds: [], securityGroupIds: [], assignPublicIp: true };
    let sent: { name: string; environment: { name: string }[] } | undefined;
    cloud.ecs = (_action, input) => {
      [sent] = (input.overrides as { containerOverrides: (typeof sent)[] }).containerOverrides;
      return { body: { tasks: [{ taskArn: "arn:task/1" }], failures: [] } };
    };
    const size = { cpuUnits: 1024, memoryMiB: 2048, spot: false };
    await fargateTasks({ ...place, taskDefinitionArn }, Date.now).run({ jobId: "0", dispatch: 2, ...size });
    const [override] = read("v1", "run-task").overrides.containerOverrides;
    expect(sent?.name).toBe(override.name);
    const given = [...defined, ...names(sent?.environment ?? [])];
    expect(given).toEqual(expect.arrayContaining([...Object.keys(frozen), ...names(override.environment)]));
  });
});

test("slots held by the release before count, and are given back", async () => {
  await client.send(new PutCommand({ TableName: tableName, Item: read("v1", "slots") }));
  const slots = taskSlots({ tableName, maxTasks: 3, maxRunningVcpu: 4 }, Date.now);
  const held = await slots.held();
  expect(held).toHaveLength(2);
  expect(await slots.take({ jobId: "0".repeat(26), dispatch: 1 }, 3, true)).toBe(false);
  for (const slot of held) await slots.release(slot);
  expect(await slots.held()).toEqual([]);
});

test("records of a later release hold up none of the others", async () => {
  const line = read("v1", "record-line") as Item;
  const first = { ...line, pk: "job#0", jobId: "0", v: recordVersion + 1, lineSince: 1 };
  await given(first);
  await given(line);
  world.dead.push(JSON.stringify({ v: 1, jobId: "0", dispatch: 2, target: "fargate" }));
  vi.setSystemTime(line.createdAt + 1_000);
  expect(await sweep(ports)).toMatchObject({ admitted: 1, deadLetters: 1 });
  expect(world.messages).toMatchObject([{ jobId: line.jobId }]);
});

describe("a message of a later version", () => {
  const later = JSON.stringify({ v: 2, jobId: "0".repeat(26), dispatch: 1, target: "lambda" });

  test("is not taken for one that is understood", () => {
    expect(() => parseMessage(later)).toThrow();
    expect(parseMessage(later.replace('"v":2', '"v":1,"later":true'))).toMatchObject({ v: 1, dispatch: 1 });
  });

  test("stays in the dead-letter queue, whoever looks", async () => {
    world.dead.push(later);
    expect((await sweep(ports)).deadLetters).toBe(1);
    const report = await redrive({ dryRun: false, limit: 10 }, ports);
    expect(report.items).toMatchObject([{ action: "kept" }]);
    expect(world.dead).toEqual([later]);
  });
});
