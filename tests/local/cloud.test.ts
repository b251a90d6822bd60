import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleFolder, lambdaFunction } from "../support/local/bundles.ts";
import { startLocalCloud, type TestCloud } from "../support/local/local-cloud.ts";
import { clientSettings } from "../support/local/settings.ts";

let cloud: TestCloud;
const folder = bundleFolder();

beforeAll(async () => {
  cloud = await startLocalCloud();
}, 120_000);

afterAll(async () => {
  await cloud.stop();
  folder.remove();
});

test("every server is on the loopback interface", () => {
  const endpoints = Object.entries(cloud.environment).filter(([name]) =>
    name.startsWith("AWS_ENDPOINT_URL_"),
  );
  expect(endpoints.map(([name]) => name.replace("AWS_ENDPOINT_URL_", "")).toSorted()).toEqual([
    "DYNAMODB",
    "ECS",
    "EVENTBRIDGE",
    "LAMBDA",
    "S3",
    "SQS",
    "XRAY",
  ]);
  for (const [, url] of endpoints) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test("nothing stands before the emulators when no faults were asked for", () => {
  const {
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  } = cloud.environment;
  expect({ sqs, s3, dynamodb }).toEqual(cloud.urls);
});

describe("this project's resources", () => {
  test("are named by the variables of its functions", () => {
    expect(cloud.variables).toMatchObject({
      TABLE_NAME: "sluice-dev-jobs",
      BUCKET_NAME: "sluice-dev-jobs-000000000000-eu-west-1",
      QUEUE_URL: `${cloud.environment.AWS_ENDPOINT_URL_SQS}/000000000000/sluice-dev-jobs`,
      CLUSTER_ARN: "arn:aws:ecs:eu-west-1:000000000000:cluster/sluice-dev",
      TASK_DEFINITION_ARN: "arn:aws:ecs:eu-west-1:000000000000:task-definition/sluice-dev:1",
      AUTH: "none",
    });
  });

  test("the queue has its visibility and its dead-letter queue", async () => {
    const sqs = new SQSClient(clientSettings(cloud, "SQS"));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: cloud.variables.QUEUE_URL, AttributeNames: ["All"] }),
    );
    expect(Attributes?.VisibilityTimeout).toBe("720");
    expect(JSON.parse(Attributes?.RedrivePolicy ?? "{}")).toEqual({
      deadLetterTargetArn: "arn:aws:sqs:eu-west-1:000000000000:sluice-dev-jobs-dead",
      maxReceiveCount: 5,
    });
    sqs.destroy();
  });

  test("the table has its indexes", async () => {
    const dynamodb = new DynamoDBClient(clientSettings(cloud, "DYNAMODB"));
    const { Table } = await dynamodb.send(
      new DescribeTableCommand({ TableName: cloud.variables.TABLE_NAME }),
    );
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).toSorted()).toEqual([
      "byDue",
      "byLine",
      "byOwner",
    ]);
    dynamodb.destroy();
  });

  test("the bucket takes 20 MB by a signed link, answers browsers, and refuses a forged signature", async () => {
    const s3 = new S3Client({ ...clientSettings(cloud, "S3"), requestChecksumCalculation: "WHEN_REQUIRED" });
    const at = { Bucket: cloud.variables.BUCKET_NAME, Key: "jobs/1/in.npy" };
    const bytes = Buffer.alloc(20_000_000, 7);
    const link = await getSignedUrl(s3, new PutObjectCommand(at));
    expect((await fetch(link, { method: "PUT", body: bytes })).status).toBe(200);
    const { Body } = await s3.send(new GetObjectCommand(at));
    expect(Buffer.compare(Buffer.from((await Body?.transformToByteArray()) ?? []), bytes)).toBe(0);
    const read = await getSignedUrl(s3, new GetObjectCommand(at));
    const headers = { origin: "null", "access-control-request-method": "GET" };
    const preflight = await fetch(read, { method: "OPTIONS", headers });
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    const forged = read.replace(/X-Amz-Signature=..../, "X-Amz-Signature=0000");
    expect((await fetch(forged)).status).toBe(403);
    s3.destroy();
  });
});

describe("Lambda's own API", () => {
  let lambda: LambdaClient;

  beforeAll(async () => {
    lambda = new LambdaClient(clientSettings(cloud, "LAMBDA"));
    const bundle = folder.write(
      "sum",
      `exports.handler = ({ a, b }) => { if (a === undefined) throw new Error("no a"); return a + b }`,
    );
    await cloud.lambda.add({ ...lambdaFunction(bundle), warm: 0, triggers: [] });
  });

  afterAll(() => lambda.destroy());

  const invoke = async (FunctionName: string, event: unknown, InvocationType: "Event" | "RequestResponse") =>
    lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), InvocationType }));

  test("answers the function's result", async () => {
    const { Payload, FunctionError } = await invoke("test-dev-sum", { a: 1, b: 2 }, "RequestResponse");
    expect(FunctionError).toBeUndefined();
    expect(Buffer.from(Payload ?? []).toString()).toBe("3");
  });

  test("answers the function's error as one", async () => {
    const { Payload, FunctionError } = await invoke("test-dev-sum", {}, "RequestResponse");
    expect(FunctionError).toBe("Unhandled");
    expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toMatchObject({ errorMessage: "no a" });
  });

  test("accepts an asynchronous invocation that fails, and goes on", async () => {
    expect((await invoke("test-dev-sum", {}, "Event")).StatusCode).toBe(202);
    const { Payload } = await invoke("test-dev-sum", { a: 2, b: 2 }, "RequestResponse");
    expect(Buffer.from(Payload ?? []).toString()).toBe("4");
  });

  test("does not know other functions", async () => {
    await expect(invoke("other", {}, "RequestResponse")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});
