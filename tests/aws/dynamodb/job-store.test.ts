import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { jobStore } from "../../../aws/dynamodb/job-store.ts";
import { randomId } from "../../../jobs/ids.ts";
import type { JobStore } from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import { limits } from "../../../jobs/timing.ts";
import { createJobsTable } from "../../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud, tableName } from "../../support/aws/stub-cloud.ts";
import { forged } from "../../support/jobs/forged.ts";
import { sampleJob } from "../../support/jobs/sample-jobs.ts";

let cloud: StubCloud;
let store: JobStore;
let clock = 0;

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  store = jobStore(tableName, () => clock);
});
afterAll(() => cloud.stop());

beforeEach(() => {
  clock = Date.UTC(2026, 10, 23, 12);
  cloud.calls.length = 0;
  cloud.loseReplies = false;
});

const newJob = (changes: Partial<Job> = {}): Job =>
  sampleJob({ jobId: randomId(), rev: 1, createdAt: clock, updatedAt: clock, ...changes });

async function item(jobId: string): Promise<Record<string, unknown> | undefined> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: { pk: `job#${jobId}` } }));
  client.destroy();
  return Item;
}

describe("jobs that wait for a job", () => {
  test("are added to its record and change nothing else, until it has ended", async () => {
    const job = newJob();
    await store.create(job);
    const before = await store.get(job.jobId);
    expect(await store.addDependent(job.jobId, "one")).toMatchObject({ ok: true });
    const added = await store.addDependent(job.jobId, "other");
    expect(added).toEqual({ ok: true, job: { ...before, waiters: ["one", "other"] } });
    const ended = await store.update(job.jobId, { rev: 1 }, forged({ status: "FAILED", dueAt: undefined }));
    expect(ended.job?.waiters).toEqual(["one", "other"]);
    const late = await store.addDependent(job.jobId, "late");
    expect(late).toEqual({ ok: false, job: ended.job });
    expect(await store.addDependent(randomId(), "one")).toEqual({ ok: false });
  });

  test("are so many and no more", async () => {
    const waiters = Array.from({ length: limits.dependents - 1 }, (_, index) => `job-${index}`);
    const job = newJob({ waiters });
    await store.create(job);
    expect((await store.addDependent(job.jobId, "last")).ok).toBe(true);
    const full = await store.addDependent(job.jobId, "one too many");
    expect([full.ok, full.job?.waiters?.length]).toEqual([false, limits.dependents]);
  });
});

describe("create", () => {
  test("then get, answers the same job in every field", async () => {
    const job = newJob({
      attempts: [
        {
          dispatch: 1,
          target: "lambda",
          engine: "e",
          startedAt: 1.5,
          endedAt: 2,
          outcome: "died",
          reason: "é ∞",
        },
      ],
      params: { seed: "340282366920938463463374607431768211455", nested: { list: [1, null, "x", true] } },
      labels: { "": "" },
      usd: 1.234e-7,
    });
    expect(await store.create(job)).toEqual({ created: true });
    const { writeId, ...read } = (await store.get(job.jobId)) ?? {};
    expect(read).toEqual(job);
    expect(writeId).toEqual(expect.any(String));
  });

  test("of an id that lives answers the one that is there", async () => {
    const job = newJob();
    await store.create(job);
    const again = await store.create({ ...job, operation: "fft2" });
    expect(again).toMatchObject({ created: false, existing: { operation: "spectral-projection" } });
  });

  test("of an id whose job has expired, and lingers, takes its place", async () => {
    const job = newJob({ ttl: Math.floor(clock / 1000) - 10 });
    await store.create(job);
    expect(await store.get(job.jobId)).toBeUndefined();
    expect(await store.create({ ...job, operation: "fft2", ttl: job.ttl + 100 })).toEqual({ created: true });
    expect((await store.get(job.jobId))?.operation).toBe("fft2");
  });

  test("whose reply is lost is a create", async () => {
    cloud.loseReplies = true;
    const job = newJob();
    expect(await store.create(job)).toEqual({ created: true });
    expect(cloud.calls).toEqual(["dynamodb.PutItem", "dynamodb.PutItem", "dynamodb.GetItem"]);
  });
});

describe("update", () => {
  test("sets, removes, appends, raises rev and answers the new job, in one call", async () => {
    const job = newJob({ taskArn: "arn:x", worker: "w" });
    await store.create(job);
    cloud.calls.length = 0;
    clock += 5;
    const attempt = { dispatch: 3, target: "lambda" as const, engine: "e", startedAt: clock };
    const result = await store.update(
      job.jobId,
      { dispatch: 3, status: "PENDING" },
      forged({ status: "PROCESSING", step: undefined, taskArn: undefined, progress: 0.5 }),
      attempt,
    );
    expect(cloud.calls).toEqual(["dynamodb.UpdateItem"]);
    if (!result.ok) throw new Error("the guard holds");
    expect(result.job).toMatchObject({
      status: "PROCESSING",
      progress: 0.5,
      rev: 2,
      updatedAt: clock,
      attempts: [attempt],
      worker: "w",
    });
    expect(result.job).not.toHaveProperty("step");
    expect(result.job).not.toHaveProperty("taskArn");
    expect(await store.get(job.jobId)).toEqual(result.job);
  });

  test.each([
    ["another dispatch", { dispatch: 4, status: "PENDING" }],
    ["another status", { dispatch: 3, status: "PROCESSING" }],
    ["another rev", { rev: 2 }],
    ["another worker", { dispatch: 3, worker: "w2" }],
    ["a worker where there is none", { worker: "w" }],
  ] as const)("changes nothing when the guard names %s", async (_what, guard) => {
    const job = newJob();
    await store.create(job);
    const before = await store.get(job.jobId);
    expect(await store.update(job.jobId, guard, forged({ progress: 1 }))).toEqual({ ok: false, job: before });
    expect(await store.get(job.jobId)).toEqual(before);
  });

  test("of a job that is not there creates none", async () => {
    const jobId = randomId();
    expect(await store.update(jobId, {}, forged({ progress: 1 }))).toEqual({ ok: false });
    expect(await item(jobId)).toBeUndefined();
  });

  test("whose reply is lost succeeds, applied once", async () => {
    const job = newJob();
    await store.create(job);
    cloud.loseReplies = true;
    const attempt = { dispatch: 3, target: "lambda" as const, engine: "e", startedAt: clock };
    const claimed = await store.update(
      job.jobId,
      { dispatch: 3, status: "PENDING" },
      forged({ status: "PROCESSING", worker: "w" }),
      attempt,
    );
    expect(claimed).toMatchObject({ ok: true, job: { rev: 2, attempts: [attempt] } });
    const decided = await store.update(job.jobId, { rev: 2 }, forged({ status: "PENDING", dispatch: 4 }));
    expect(decided).toMatchObject({ ok: true, job: { rev: 3, dispatch: 4 } });
  });

  test("of two claims at once one succeeds", async () => {
    const job = newJob();
    await store.create(job);
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        store.update(
          job.jobId,
          { dispatch: 3, status: "PENDING" },
          forged({ status: "PROCESSING", worker: `w${index}` }),
        ),
      ),
    );
    expect(claims.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

describe("the due index", () => {
  test("holds what is due, soonest first, and nothing that has ended", async () => {
    const jobs = Array.from({ length: 30 }, (_, index) => newJob({ dueAt: 1000 + 10 * index }));
    for (const job of jobs) await store.create(job);
    const [first, second] = jobs;
    if (!first || !second) throw new Error("there are thirty");
    await store.update(first.jobId, {}, forged({ status: "CANCELLED", dueAt: undefined }));
    await store.update(second.jobId, {}, forged({ dueAt: 99_000 }));
    expect(await store.due(1150, 500)).toEqual(
      jobs.slice(2, 16).map(({ jobId, dueAt }) => ({ jobId, dueAt })),
    );
    expect(await item(first.jobId)).not.toHaveProperty("dueShard");
    // An update that does not speak of dueAt leaves the job where it is.
    await store.update(second.jobId, {}, forged({ progress: 0.1 }));
    expect(await store.due(100_000, 500)).toContainEqual({ jobId: second.jobId, dueAt: 99_000 });
    for (const job of jobs) await store.update(job.jobId, {}, forged({ dueAt: undefined }));
    expect(await store.due(1e12, 500)).toEqual([]);
  });

  test("holds an ended job until its end is announced, which touches nothing else", async () => {
    const job = newJob({ dueAt: 1000 });
    await store.create(job);
    const { dispatch } = job;
    // While it runs there is nothing to announce.
    await store.schedulePublication(job.jobId, dispatch, undefined);
    const ended = await store.update(job.jobId, {}, forged({ status: "FAILED", dueAt: 2000 }));
    await store.schedulePublication(job.jobId, dispatch + 1, undefined);
    expect(await store.unpublished(2000, 500)).toEqual([{ jobId: job.jobId, dueAt: 2000 }]);
    // Not among those that go on: the sweep of an earlier release asks for them alone.
    expect(await store.due(1e12, 500)).toEqual([]);
    await store.schedulePublication(job.jobId, dispatch, 3000);
    expect(await store.unpublished(2999, 500)).toEqual([]);
    expect(await store.unpublished(3000, 500)).toEqual([{ jobId: job.jobId, dueAt: 3000 }]);
    await store.schedulePublication(job.jobId, dispatch, undefined);
    expect(await store.unpublished(1e12, 500)).toEqual([]);
    // Somebody else's late wish does not bring it back.
    await store.schedulePublication(job.jobId, dispatch, 4000);
    const { dueAt: _, ...announced } = ended.job ?? {};
    expect(await store.get(job.jobId)).toEqual(announced);
    expect(await item(job.jobId)).not.toHaveProperty("dueShard");
  });

  test("has a job that runs again among those that go on", async () => {
    const job = newJob({ status: "FAILED", dueAt: 1000 });
    await store.create(job);
    expect(await store.unpublished(1000, 500)).toEqual([{ jobId: job.jobId, dueAt: 1000 }]);
    await store.update(job.jobId, {}, forged({ status: "PENDING", dueAt: 2000 }));
    expect(await store.unpublished(1e12, 500)).toEqual([]);
    expect(await store.due(2000, 500)).toEqual([{ jobId: job.jobId, dueAt: 2000 }]);
  });
});

describe("the line", () => {
  test("holds who waits for a task, the longest waiting first, and nobody else", async () => {
    const waiting = Array.from({ length: 5 }, (_, index) =>
      newJob({ step: "line", lineSince: clock - index * 1000 }),
    );
    for (const job of [...waiting, newJob({ step: "sent" })]) await store.create(job);
    const ids = waiting.map(({ jobId }) => jobId).reverse();
    expect(await store.waitingForCapacity(100)).toEqual(ids);
    expect(await store.waitingForCapacity(2)).toEqual(ids.slice(0, 2));
    const [oldest = "", second = "", third = ""] = ids;

    // Called up; a beat of another field leaves the others where they are.
    await store.update(oldest, {}, forged({ step: "sent" }));
    await store.update(second, {}, forged({ progress: 0.1 }));
    expect(await store.waitingForCapacity(100)).toEqual(ids.slice(1));
    // Refused again, it has its old place.
    await store.update(oldest, {}, forged({ step: "line" }));
    expect(await store.waitingForCapacity(100)).toEqual(ids);
    expect(await store.get(oldest)).not.toHaveProperty("line");

    await store.update(oldest, {}, forged({ step: undefined, lineSince: undefined, status: "PROCESSING" }));
    await store.update(second, {}, forged({ step: undefined, status: "CANCELLED" }));
    expect(await store.waitingForCapacity(100)).toEqual(ids.slice(2));
    expect(await item(second)).not.toHaveProperty("line");
    for (const jobId of [third, ...ids.slice(3)]) await store.update(jobId, {}, forged({ step: undefined }));
    expect(await store.waitingForCapacity(100)).toEqual([]);
  });
});

describe("the list of an owner", () => {
  test("is newest first and comes in pages", async () => {
    const mine = Array.from({ length: 5 }, (_, index) =>
      newJob({ owner: "iam:list", createdAt: clock + index }),
    );
    for (const job of [...mine, newJob({ owner: "iam:other" })]) await store.create(job);
    const first = await store.list("iam:list", { limit: 3 });
    const rest = await store.list("iam:list", { limit: 3, ...(first.after ? { after: first.after } : {}) });
    const ids = [...first.jobs, ...rest.jobs].map(({ jobId }) => jobId);
    expect(ids).toEqual(mine.map(({ jobId }) => jobId).reverse());
    expect(rest.after).toBeUndefined();
    expect(await store.list("iam:nobody", { limit: 3 })).toEqual({ jobs: [] });
  });

  describe("when DynamoDB gives keys back unread", () => {
    const keys = (body: Buffer) => JSON.parse(body.toString()).RequestItems[tableName].Keys;
    const unprocessed = (some: unknown[]) => ({
      body: { Responses: { [tableName]: [] }, UnprocessedKeys: { [tableName]: { Keys: some } } },
    });
    beforeAll(async () => {
      for (let index = 0; index < 3; index++) {
        await store.create(newJob({ owner: "iam:busy", createdAt: clock + index }));
      }
    });
    afterEach(() => {
      cloud.instead = () => undefined;
    });

    test("asks for them again, after a wait each time", async () => {
      let refusals = 3;
      cloud.instead = (call, body) =>
        call === "dynamodb.BatchGetItem" && refusals-- > 0 ? unprocessed(keys(body)) : undefined;
      expect((await store.list("iam:busy", { limit: 3 })).jobs).toHaveLength(3);
      expect(cloud.calls.filter((call) => call === "dynamodb.BatchGetItem")).toHaveLength(4);
    });

    test("gives up in the end, and says so: half a list would look like a whole one", async () => {
      cloud.instead = (call, body) =>
        call === "dynamodb.BatchGetItem" ? unprocessed(keys(body)) : undefined;
      await expect(store.list("iam:busy", { limit: 3 })).rejects.toThrow("left 3 of 3 jobs unread");
      expect(cloud.calls.filter((call) => call === "dynamodb.BatchGetItem")).toHaveLength(7);
    });
  });

  test("leaves out what has expired", async () => {
    await store.create(newJob({ owner: "iam:old", ttl: clock / 1000 - 1 }));
    expect((await store.list("iam:old", { limit: 3 })).jobs).toEqual([]);
  });
});

test("a job is read consistently: an eventual read may answer 404 right after the 202", async () => {
  const asked: unknown[] = [];
  cloud.instead = (_call, body) => {
    asked.push(JSON.parse(body.toString()).ConsistentRead);
    return undefined;
  };
  await store.get(randomId());
  await store.update(randomId(), { dispatch: 1 }, forged({ progress: 1 }));
  cloud.instead = () => undefined;
  // The last one is the look that tells a lost reply from a lost race.
  expect(asked).toEqual([true, undefined, true]);
});

test("a record of a later version is refused, not misread", async () => {
  const job = newJob({ v: 2 as never });
  await store.create(job);
  await expect(store.get(job.jobId)).rejects.toThrow("version 2");
});

test("a table that answers 500 for a while is asked again; for longer, it throws", async () => {
  const job = newJob();
  await store.create(job);
  let failures = 2;
  cloud.instead = () =>
    failures-- > 0 ? { status: 500, body: { __type: "InternalServerError" } } : undefined;
  expect((await store.get(job.jobId))?.jobId).toBe(job.jobId);
  failures = 100;
  await expect(store.get(job.jobId)).rejects.toThrow();
  cloud.instead = () => undefined;
});
