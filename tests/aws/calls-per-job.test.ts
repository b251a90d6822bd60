import { encodeNpy } from "@sluice/contract/npy";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ports } from "../../aws/ports.ts";
import { compute } from "../../jobs/compute.ts";
import { sha256 } from "../../jobs/ids.ts";
import { parseMessage } from "../../jobs/message.ts";
import { prepare } from "../../jobs/prepare.ts";
import type { Job } from "../../jobs/record.ts";
import { submit } from "../../jobs/submit.ts";
import { openUpload } from "../../jobs/uploads.ts";
import { work } from "../../jobs/work.ts";
import { createJobsTable } from "./jobs-table.ts";
import { bucketName, type StubCloud, startStubCloud, tableName } from "./stub-cloud.ts";

/**
 * What a job costs in round trips to AWS, counted where they arrive. At 64×64 they are nearly all of the
 * time between submit and result: each is 2–5 ms in a region, and they come one after the other.
 */
let cloud: StubCloud;

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  const { AWS_ENDPOINT_URL } = process.env;
  for (const [name, value] of Object.entries({
    STAGE: "test",
    TABLE_NAME: tableName,
    BUCKET_NAME: bucketName,
    QUEUE_URL: `${AWS_ENDPOINT_URL}/000000000000/jobs`,
    DEAD_LETTER_QUEUE_URL: `${AWS_ENDPOINT_URL}/000000000000/jobs-dead`,
    TASK_DEFINITION_ARN: "arn:aws:ecs:eu-west-1:000000000000:task-definition/sluice-test:1",
    POWERTOOLS_LOG_LEVEL: "SILENT",
    METRICS: "off",
  })) {
    vi.stubEnv(name, value);
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});
beforeEach(() => {
  cloud.calls.length = 0;
  cloud.loseReplies = false;
});

/** After the record says COMPLETED: the event, and the note that it is out. Nobody who waits for the job waits for them. */
const told = ["events.PutEvents", "dynamodb.UpdateItem"];

const matrix = Array.from({ length: 64 }, (_, row) =>
  Array.from({ length: 64 }, (_, column) => row * column),
);

async function submitted(body: unknown): Promise<Job> {
  const checked = validate(submitBody, body);
  const prepared = await prepare(checked, "local", ports());
  const requestHash = sha256(JSON.stringify(body));
  const { job } = await submit(
    { owner: "local", prepared, requestedTarget: checked.target, labels: {}, requestHash },
    ports(),
  );
  return job;
}

async function worked(): Promise<string> {
  const message = parseMessage(cloud.messages.at(-1) ?? "");
  return work(message, { target: "lambda", killedAt: Date.now() + 120_000 }, compute, ports());
}

describe("a small job", () => {
  test("is submitted in three calls", async () => {
    await submitted({ dataMatrix: matrix });
    expect(cloud.calls).toEqual(["s3.PUT", "dynamodb.PutItem", "sqs.SendMessage"]);
  });

  test("is worked on in four, and its end told in two", async () => {
    const { jobId } = await submitted({ dataMatrix: matrix });
    cloud.calls.length = 0;
    expect(await worked()).toBe("completed");
    expect(cloud.calls).toEqual(["dynamodb.UpdateItem", "s3.GET", "s3.PUT", "dynamodb.UpdateItem", ...told]);
    expect((await ports().store.get(jobId))?.status).toBe("COMPLETED");
  });

  test("on generated input in two and three", async () => {
    await submitted({ inputs: { a: { random: { shape: [64, 64] } } } });
    expect(cloud.calls).toEqual(["dynamodb.PutItem", "sqs.SendMessage"]);
    cloud.calls.length = 0;
    await worked();
    expect(cloud.calls).toEqual(["dynamodb.UpdateItem", "s3.PUT", "dynamodb.UpdateItem", ...told]);
  });

  test("whose message comes again costs two: the claim that loses, and one look", async () => {
    await submitted({ dataMatrix: matrix });
    await worked();
    cloud.calls.length = 0;
    expect(await worked()).toBe("lost");
    expect(cloud.calls).toEqual(["dynamodb.UpdateItem", "dynamodb.GetItem"]);
  });
});

describe("a job on what is not in its body", () => {
  test("looks at an upload in one call, of 16 KiB", async () => {
    const { uploadId, url } = await openUpload("local", 128 + 8 * 64 * 64, ports());
    const file = encodeNpy({ shape: [64, 64], dtype: "float64", data: new Float64Array(64 * 64) });
    expect((await fetch(url, { method: "PUT", body: file as Uint8Array<ArrayBuffer> })).status).toBe(200);
    cloud.calls.length = 0;
    await submitted({ inputs: { a: { upload: uploadId } } });
    expect(cloud.calls).toEqual(["s3.GET", "dynamodb.PutItem", "sqs.SendMessage"]);
    cloud.calls.length = 0;
    expect(await worked()).toBe("completed");
    expect(cloud.calls).toEqual(["dynamodb.UpdateItem", "s3.GET", "s3.PUT", "dynamodb.UpdateItem", ...told]);
  });

  test("waits in three calls, and is woken in two by its parent's end", async () => {
    const parent = await submitted({ dataMatrix: matrix });
    cloud.calls.length = 0;
    const child = await submitted({ operation: "fft2", inputs: { a: { job: parent.jobId } } });
    expect(cloud.calls).toEqual(["dynamodb.GetItem", "dynamodb.PutItem", "dynamodb.UpdateItem"]);
    cloud.calls.length = 0;
    expect(await worked()).toBe("completed");
    const own = ["dynamodb.UpdateItem", "s3.GET", "s3.PUT", "dynamodb.UpdateItem"];
    expect(cloud.calls).toEqual([...own, "dynamodb.GetItem", "dynamodb.UpdateItem", ...told]);
    const due = await ports().store.due(Date.now(), 100);
    expect(due.map(({ jobId }) => jobId)).toContain(child.jobId);
  });
});

describe("a large job", () => {
  const launched = async () => {
    await submitted({ target: "fargate", dataMatrix: matrix });
    cloud.calls.length = 0;
    return worked();
  };
  // The stage's first launch makes the item that its slots are in.
  beforeAll(async () => {
    cloud.ecs = () => ({ body: { tasks: [{ taskArn: "arn:task/1" }], failures: [] } });
    await launched();
  });

  test("is launched in four: the fence, its slot, the task, the task's name", async () => {
    expect(await launched()).toBe("launched");
    expect(cloud.calls).toEqual([
      "dynamodb.UpdateItem",
      "dynamodb.UpdateItem",
      "ecs.RunTask",
      "dynamodb.UpdateItem",
    ]);
  });

  test("that ECS has no room for gives its slot back", async () => {
    cloud.ecs = () => ({ body: { tasks: [], failures: [{ reason: "RESOURCE:CPU" }] } });
    const before = await ports().slots.held();
    expect(await launched()).toBe("waiting");
    expect(await ports().slots.held()).toEqual(before);
  });

  test("that perhaps started keeps it: sweep finds out", async () => {
    cloud.ecs = () => ({ status: 500, body: { __type: "ServerException" } });
    const before = await ports().slots.held();
    expect(await launched()).toBe("waiting");
    expect(await ports().slots.held()).toHaveLength(before.length + 1);
  });
});

test("with every reply of the table lost, a job still ends in exactly one result", async () => {
  cloud.loseReplies = true;
  const { jobId } = await submitted({
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  });
  expect((await Promise.all([worked(), worked()])).sort()).toEqual(["completed", "lost"]);
  const job = await ports().store.get(jobId);
  expect(job).toMatchObject({ status: "COMPLETED", attempts: [{ outcome: "completed" }], rev: 3 });
  expect([...cloud.objects.keys()].filter((key) => key.startsWith(`jobs/${jobId}/out/`))).toHaveLength(1);
});
