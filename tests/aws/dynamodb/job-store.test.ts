import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { jobStore } from "../../../aws/dynamodb/job-store.ts";
import { randomId } from "../../../jobs/ids.ts";
import type { JobStore } from "../../../jobs/job-store.ts";
import type { Job } from "../../../jobs/record.ts";
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

test("a create whose reply is lost is one more request and one look", async () => {
  cloud.loseReplies = true;
  expect(await store.create(newJob())).toEqual({ created: true });
  expect(cloud.calls).toEqual(["dynamodb.PutItem", "dynamodb.PutItem", "dynamodb.GetItem"]);
});

describe("update", () => {
  test("is one call when its condition holds", async () => {
    const job = newJob();
    await store.create(job);
    cloud.calls.length = 0;
    const result = await store.update(
      job.jobId,
      { dispatch: 3, status: "PENDING" },
      forged({ status: "PROCESSING" }),
    );
    expect(result.ok).toBe(true);
    expect(cloud.calls).toEqual(["dynamodb.UpdateItem"]);
  });

  test("of a job that is not there leaves no item", async () => {
    const jobId = randomId();
    expect(await store.update(jobId, {}, forged({ progress: 1 }))).toEqual({ ok: false });
    expect(await item(jobId)).toBeUndefined();
  });

  test("of a job that has expired leaves its item as it is", async () => {
    const job = newJob({ ttl: clock / 1000 - 10 });
    await store.create(job);
    const before = await item(job.jobId);
    expect(await store.update(job.jobId, {}, forged({ progress: 1 }))).toEqual({ ok: false });
    expect(await store.addDependent(job.jobId, "one")).toEqual({ ok: false });
    expect(await item(job.jobId)).toEqual(before);
  });
});

describe("an item has the key of an index exactly while it belongs there", () => {
  test("of what is due", async () => {
    const job = newJob({ dueAt: 1000 });
    await store.create(job);
    expect(await item(job.jobId)).toHaveProperty("dueShard");
    await store.update(job.jobId, {}, forged({ status: "CANCELLED", dueAt: undefined }));
    expect(await item(job.jobId)).not.toHaveProperty("dueShard");
  });

  test("of ends that are to be published", async () => {
    const job = newJob({ dueAt: 1000 });
    await store.create(job);
    await store.update(job.jobId, {}, forged({ status: "FAILED", dueAt: 2000 }));
    expect(await item(job.jobId)).toHaveProperty("dueShard");
    await store.schedulePublication(job.jobId, job.dispatch, undefined);
    await store.schedulePublication(job.jobId, job.dispatch, 4000);
    expect(await item(job.jobId)).not.toHaveProperty("dueShard");
  });

  test("of jobs that wait for a task", async () => {
    const job = newJob({ step: "line", lineSince: clock });
    await store.create(job);
    expect(await item(job.jobId)).toHaveProperty("line");
    await store.update(job.jobId, {}, forged({ step: undefined, status: "CANCELLED" }));
    expect(await item(job.jobId)).not.toHaveProperty("line");
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
