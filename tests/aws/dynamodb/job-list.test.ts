import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { jobStore } from "../../../aws/dynamodb/job-store.ts";
import { randomId } from "../../../jobs/ids.ts";
import { type JobStore, recordsPerRead } from "../../../jobs/job-store.ts";
import type { Job } from "../../../jobs/record.ts";
import { createJobsTable } from "../../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud, tableName } from "../../support/aws/stub-cloud.ts";
import { sampleJob } from "../../support/jobs/sample-jobs.ts";

/** Beside what tests/suites/job-store.ts asks of every list: what is asked of DynamoDB for one. */

let cloud: StubCloud;
let store: JobStore;
const clock = Date.UTC(2026, 10, 23, 12);

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  store = jobStore(tableName, () => clock);
});
afterAll(() => cloud.stop());
beforeEach(() => {
  cloud.calls.length = 0;
});

const newJob = (changes: Partial<Job>): Job =>
  sampleJob({ jobId: randomId(), rev: 1, createdAt: clock, updatedAt: clock, ...changes });

test("the records behind a page of keys are read a few at a time", async () => {
  for (let index = 0; index < 2 * recordsPerRead + 1; index++)
    await store.create(newJob({ owner: "iam:few", createdAt: clock + index }));
  cloud.calls.length = 0;
  const { jobs, bytes } = await store.list("iam:few", { limit: 100 });
  expect(jobs).toHaveLength(2 * recordsPerRead + 1);
  // Half a read unit each.
  expect(bytes).toBe(4096 * jobs.length);
  expect(cloud.calls).toEqual(["dynamodb.Query", ...Array(3).fill("dynamodb.BatchGetItem")]);
});

describe("a list, when DynamoDB gives keys back unread,", () => {
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

  test("reads on while it gets anything: large records come a megabyte at a time", async () => {
    const rounds = 12;
    let answered = 0;
    cloud.instead = (call, body) => {
      if (call !== "dynamodb.BatchGetItem" || answered === rounds) return undefined;
      answered++;
      const [first] = keys(body);
      const item = { pk: first.pk, v: { N: "1" }, ttl: { N: "0" } };
      return {
        body: { Responses: { [tableName]: [item] }, UnprocessedKeys: { [tableName]: { Keys: keys(body) } } },
      };
    };
    expect((await store.list("iam:busy", { limit: 3 })).jobs).toHaveLength(3);
    expect(answered).toBe(rounds);
  });

  test("gives up in the end, and says so: half a list would look like a whole one", async () => {
    cloud.instead = (call, body) => (call === "dynamodb.BatchGetItem" ? unprocessed(keys(body)) : undefined);
    await expect(store.list("iam:busy", { limit: 3 })).rejects.toThrow("left 3 of 3 jobs unread");
    expect(cloud.calls.filter((call) => call === "dynamodb.BatchGetItem")).toHaveLength(7);
  });
});
