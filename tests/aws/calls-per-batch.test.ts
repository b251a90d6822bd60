import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ports } from "../../aws/ports.ts";
import { acceptBatch } from "../../jobs/batches/submit.ts";
import { counted } from "../../jobs/cost/calls-per-job.ts";
import { createJobsTable } from "../support/aws/jobs-table.ts";
import { type StubCloud, stageVariables, startStubCloud } from "../support/aws/stub-cloud.ts";
import { writeMeter } from "../support/aws/write-units.ts";

/** What POST /batches asks of AWS, counted where it arrives. */
let cloud: StubCloud;
const meter = writeMeter();

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  const quiet = { POWERTOOLS_LOG_LEVEL: "SILENT", METRICS: "off" };
  for (const [name, value] of Object.entries({ ...stageVariables(), ...quiet })) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});

const batch = (size: number) => ({
  defaults: { labels: { team: "spectroscopy" } },
  jobs: Array.from({ length: size }, (_, seed) => ({ dataMatrix: [[seed, 1]] })),
});
async function asked(idempotencyKey?: string): Promise<Record<string, number>> {
  cloud.calls.length = 0;
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  await acceptBatch(
    batch(100),
    "iam:AROAEXAMPLEEXAMPLE012",
    { requestHash: "0".repeat(64), ...key },
    ports(),
  );
  const counts: Record<string, number> = {};
  for (const call of cloud.calls.splice(0)) counts[call] = (counts[call] ?? 0) + 1;
  return counts;
}

test("a hundred jobs: one object, four writes of 25 records, ten sends of 10 messages", async () => {
  expect(await asked()).toEqual({ "s3.PUT": 1, "dynamodb.BatchWriteItem": 4, "sqs.SendMessageBatch": 10 });
});

test("with a key every record is a write of its own, of the units that a single submit's has", async () => {
  cloud.exchanges.length = 0;
  expect(await asked("k")).toEqual({
    ...{ "s3.PUT": 1, "dynamodb.BatchGetItem": 1, "dynamodb.PutItem": 100, "sqs.SendMessageBatch": 10 },
  });
  const puts = cloud.exchanges.splice(0).filter(({ action }) => action === "PutItem");
  expect(meter(puts) / 100).toBe(counted.submit.writeUnits);
});
