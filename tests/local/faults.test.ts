import { readdir, readFile } from "node:fs/promises";
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Template } from "../../local/cloudformation/template.ts";
import type { CloudFaults, ServiceRequest } from "../../local/faults/faults.ts";
import { bundleFolder, lambdaFunction } from "../support/local/bundles.ts";
import { startLocalCloud, type TestCloud } from "../support/local/local-cloud.ts";
import { clientSettings } from "../support/local/settings.ts";

const template: Template = {
  Resources: {
    Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "queue" } },
    Polled: { Type: "AWS::SQS::Queue", Properties: { QueueName: "polled" } },
    Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "bucket" } },
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        TableName: "table",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      },
    },
  },
};

const faults: CloudFaults = {};
let cloud: TestCloud;
let sqs: SQSClient;
let s3: S3Client;
let dynamodb: DynamoDBClient;
let queue: { QueueUrl: string };
const folder = bundleFolder();

beforeAll(async () => {
  cloud = await startLocalCloud({ template, faults });
  sqs = new SQSClient({ ...clientSettings(cloud, "SQS"), maxAttempts: 1 });
  s3 = new S3Client({
    ...clientSettings(cloud, "S3"),
    maxAttempts: 1,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  dynamodb = new DynamoDBClient({ ...clientSettings(cloud, "DYNAMODB"), maxAttempts: 1 });
  queue = { QueueUrl: String(cloud.resolver.resolve({ Ref: "Queue" })) };
});

afterEach(() => {
  faults.request = undefined;
  faults.deliveries = undefined;
});

afterAll(async () => {
  for (const client of [sqs, s3, dynamodb]) client.destroy();
  await cloud.stop();
  folder.remove();
});

const at = { TableName: "table", Key: { pk: { S: "counter" } } };
const addOne = {
  ...at,
  UpdateExpression: "ADD amount :one",
  ExpressionAttributeValues: { ":one": { N: "1" } },
};

async function amount(): Promise<number> {
  const { Item } = await dynamodb.send(new GetItemCommand({ ...at, ConsistentRead: true }));
  return Number(Item?.amount?.N ?? 0);
}

describe("an error", () => {
  const error = { status: 400, type: "ThrottlingException", message: "Rate exceeded" };

  test("of DynamoDB or SQS has its name, and nothing was done", async () => {
    const before = await amount();
    faults.request = ({ action }) =>
      action === "UpdateItem" || action === "SendMessage" ? { error } : undefined;
    const update = dynamodb.send(new UpdateItemCommand(addOne));
    await expect(update).rejects.toMatchObject({ name: "ThrottlingException", message: "Rate exceeded" });
    const send = sqs.send(new SendMessageCommand({ ...queue, MessageBody: "never" }));
    await expect(send).rejects.toMatchObject({ name: "ThrottlingException" });
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(queue));
    expect(Messages).toEqual([]);
    expect(await amount()).toBe(before);
  });

  test("of S3 has its code, for the object it names, and the connection stays usable", async () => {
    faults.request = ({ path }) =>
      path === "/bucket/broken"
        ? { error: { status: 503, type: "SlowDown", message: "Please reduce your request rate." } }
        : undefined;
    const Body = Buffer.alloc(3 * 1024 * 1024, 1);
    const put = s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "broken", Body }));
    await expect(put).rejects.toMatchObject({ name: "SlowDown", $metadata: { httpStatusCode: 503 } });
    await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "whole", Body }));
  });

  test("is retried by the SDK, which says which try it is", async () => {
    const tries: ServiceRequest[] = [];
    faults.request = (request) => {
      tries.push(request);
      return request.attempt < 3
        ? { error: { status: 500, type: "InternalServerError", message: "no" } }
        : undefined;
    };
    const patient = new DynamoDBClient({ ...clientSettings(cloud, "DYNAMODB"), maxAttempts: 3 });
    await patient.send(new PutItemCommand({ TableName: "table", Item: { pk: { S: "patient" } } }));
    patient.destroy();
    expect(tries).toEqual(
      [1, 2, 3].map((attempt) => ({ service: "dynamodb", action: "PutItem", path: "/", attempt })),
    );
  });
});

describe("a dropped reply", () => {
  test("is a broken connection after a write that was done once", async () => {
    const before = await amount();
    let applied = 0;
    faults.request = ({ action }) =>
      action === "UpdateItem"
        ? {
            dropReply: true,
            applied: () => {
              applied += 1;
            },
          }
        : undefined;
    await expect(dynamodb.send(new UpdateItemCommand(addOne))).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(applied).toBe(1);
    expect(await amount()).toBe(before + 1);
  });

  test("of S3 leaves the object there", async () => {
    faults.request = ({ action }) => (action === "PUT" ? { dropReply: true } : undefined);
    const object = { Bucket: "bucket", Key: "unanswered" };
    await expect(s3.send(new PutObjectCommand({ ...object, Body: "here" }))).rejects.toThrow();
    const { Body } = await s3.send(new GetObjectCommand(object));
    expect(await Body?.transformToString()).toBe("here");
  });
});

test("a delayed request is answered that much later", async () => {
  faults.request = () => ({ delayMs: 300 });
  const start = performance.now();
  await amount();
  expect(performance.now() - start).toBeGreaterThanOrEqual(295);
});

test("megabytes pass unchanged, and links are signed for the address they name", async () => {
  const bytes = Buffer.alloc(24 * 1024 * 1024);
  for (let index = 0; index < bytes.length; index += 4)
    bytes.writeUInt32LE((index * 2654435761) >>> 0, index);
  const object = { Bucket: "bucket", Key: "large" };
  await s3.send(new PutObjectCommand({ ...object, Body: bytes }));
  const link = await getSignedUrl(s3, new GetObjectCommand(object));
  expect(link.startsWith(cloud.environment.AWS_ENDPOINT_URL_S3 ?? "?")).toBe(true);
  const answer = await fetch(link);
  expect(answer.status).toBe(200);
  expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), bytes)).toBe(0);
});

test("one message is delivered to two invocations at once, and then gone", async () => {
  // Each invocation ends only when it has seen the other begin.
  const bundle = folder.write(
    "meet",
    `const { writeFileSync, readdirSync, mkdirSync } = require("node:fs");
     exports.handler = async (event) => {
       const room = process.env.ROOM;
       mkdirSync(room, { recursive: true });
       writeFileSync(room + "/" + process.pid, event.Records[0].body);
       while (readdirSync(room).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
     }`,
  );
  const queueUrl = String(cloud.resolver.resolve({ Ref: "Polled" }));
  const room = `${bundle}-room`;
  const received: unknown[] = [];
  faults.deliveries = (message) => {
    received.push(message);
    return 2;
  };
  await cloud.lambda.add({
    ...lambdaFunction(bundle, { environment: { ROOM: room }, concurrency: 2 }),
    warm: 2,
    triggers: [
      {
        kind: "sqs",
        source: {
          queueUrl,
          queueArn: "arn:aws:sqs:eu-west-1:000000000000:polled",
          batchSize: 1,
          concurrency: 1,
          reportsBatchItemFailures: false,
        },
      },
    ],
  });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: "twice" }));
  await expect.poll(() => readdir(room).catch(() => []), { timeout: 10_000 }).toHaveLength(2);
  for (const name of await readdir(room)) expect(await readFile(`${room}/${name}`, "utf8")).toBe("twice");
  const left = async () => {
    const asked = { QueueUrl: queueUrl, AttributeNames: ["All" as const] };
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand(asked));
    return [Attributes.ApproximateNumberOfMessages, Attributes.ApproximateNumberOfMessagesNotVisible];
  };
  await expect.poll(left).toEqual(["0", "0"]);
  expect(received).toEqual([{ queueUrl, body: "twice", receiveCount: 1 }]);
});
