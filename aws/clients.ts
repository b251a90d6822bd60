import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient } from "@aws-sdk/client-ecs";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/**
 * One client of each kind per process, made when first used: a handler pays only for what it calls.
 * Four attempts ride out a short throttle; what fails longer is given back and tried by sweep.
 */
const maxAttempts = 4;

function once<Client>(make: () => Client): () => Client {
  let client: Client | undefined;
  return () => {
    client ??= make();
    return client;
  };
}

export const dynamo = once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts }), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);

/** A transfer on whose socket nothing moves for so long is broken off and tried again: by itself it would hang for ever. */
export const stallMilliseconds = 30_000;

/**
 * Checksums only where S3 demands them: by default the SDK signs a CRC32 of an empty body into presigned
 * links, which real S3 then refuses, and streams could not be sent with a plain length.
 */
export const s3 = once(
  () =>
    new S3Client({
      maxAttempts,
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: { socketTimeout: stallMilliseconds },
    }),
);

/** For what must not hold up a job's machine: without `throwOnRequestTimeout` the SDK only grumbles and waits on. */
export const briefPatience = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  throwOnRequestTimeout: true,
} as const;

/**
 * Loaded when a job's end is first announced, after its record says so: most functions never do. What it cannot say
 * within seconds sweep will, so that it holds up nobody.
 */
export async function eventBridge() {
  const { EventBridgeClient, PutEventsCommand } = await import("@aws-sdk/client-eventbridge");
  bus ??= new EventBridgeClient({ maxAttempts: 2, requestHandler: briefPatience });
  return { client: bus, PutEventsCommand };
}
let bus: EventBridgeClient | undefined;

export const sqs = once(() => new SQSClient({ maxAttempts }));

/** RunTask may be throttled for long: its retries belong to sweep, not to a billed Lambda. */
export const ecs = once(() => new ECSClient({ maxAttempts: 3 }));
