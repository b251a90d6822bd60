import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { jobStore } from "../../../aws/dynamodb/job-store.ts";
import { randomId } from "../../../jobs/ids.ts";
import type { JobStore } from "../../../jobs/job-store.ts";
import { createJobsTable } from "../../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud, tableName } from "../../support/aws/stub-cloud.ts";
import { sampleJob } from "../../support/jobs/sample-jobs.ts";

/** Beside what tests/suites/job-store.ts asks: which calls are made, and what becomes of a half that DynamoDB gives back. */

let cloud: StubCloud;
let store: JobStore;
const clock = Date.UTC(2026, 10, 23, 12);

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  store = jobStore(tableName, () => clock);
});
afterAll(() => cloud.stop());
afterEach(() => {
  cloud.instead = () => undefined;
});

const newJobs = (count: number) =>
  Array.from({ length: count }, () =>
    sampleJob({ jobId: randomId(), rev: 1, createdAt: clock, updatedAt: clock }),
  );
const idsOf = (jobs: readonly { jobId: string }[]) => jobs.map(({ jobId }) => jobId);
const requestsIn = (body: Buffer): unknown[] => JSON.parse(body.toString()).RequestItems[tableName];

describe("many records", () => {
  test("are written 25 and read 100 in a call", async () => {
    cloud.calls.length = 0;
    const jobs = newJobs(101);
    await store.createMany(jobs);
    expect(await store.getMany(idsOf(jobs))).toHaveLength(101);
    expect(cloud.calls).toEqual([
      ...Array(5).fill("dynamodb.BatchWriteItem"),
      ...Array(2).fill("dynamodb.BatchGetItem"),
    ]);
  });

  test("are all there after DynamoDB gave all of a call back, and then all of the next", async () => {
    let refusals = 2;
    cloud.instead = (call, body) =>
      call === "dynamodb.BatchWriteItem" && refusals-- > 0
        ? { body: { UnprocessedItems: { [tableName]: requestsIn(body) } } }
        : undefined;
    const jobs = newJobs(7);
    await store.createMany(jobs);
    expect(idsOf(await store.getMany(idsOf(jobs)))).toEqual(idsOf(jobs));
  });

  test("of which one is never taken are an error: a caller must not be told that it is there", async () => {
    cloud.instead = (call, body) =>
      call === "dynamodb.BatchWriteItem"
        ? { body: { UnprocessedItems: { [tableName]: requestsIn(body) } } }
        : undefined;
    await expect(store.createMany(newJobs(3))).rejects.toThrow("left 3 of 3 jobs unwritten");
  });
});
