import { DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { type Call, httpEvent } from "../support/http-event.ts";
import type { Clients } from "./clients.ts";
import type { Front } from "./front.ts";
import type { PackagedFunctions } from "./functions.ts";
import { region } from "./settings.ts";
import type { DeployedStack } from "./stack.ts";

/** The deployed stage, as the two jobs need it. */
export interface EmulatedStage {
  readonly clients: Clients;
  readonly stack: DeployedStack;
  readonly functions: PackagedFunctions;
  readonly front: Front;
  /** A scratch folder of the run. */
  readonly folder: string;
}

/** A caller as API Gateway's IAM authorizer tells of one. */
const authorizer = { iam: { userId: "AIDAEMULATED:session", accountId: "123456789012" } };

/** Calls a function as API Gateway would; answers status, headers and body. */
export async function request({ functions }: EmulatedStage, key: string, call: Call) {
  const answer = await functions.invoke(key, httpEvent({ ...call, authorizer }));
  const isJson = /json/.test(String(answer.headers?.["content-type"]));
  return {
    status: Number(answer.statusCode),
    headers: answer.headers as Record<string, string>,
    body: isJson ? JSON.parse(answer.body) : answer.body,
  };
}

export const queueUrl = (front: Front, stack: DeployedStack, logicalId: string): string =>
  stack.physicalId(logicalId).replace(/^https:\/\/[^/]+/, front.url);

/** One item of the stage's table, straight from the table. */
export async function item({ clients, stack }: EmulatedStage, pk: string) {
  const { Item } = await clients.dynamo.send(
    new GetCommand({ TableName: stack.physicalId("JobsTable"), Key: { pk }, ConsistentRead: true }),
  );
  return Item;
}

/** A job's result, straight from the bucket. */
export async function resultBytes({ clients, stack }: EmulatedStage, jobId: string): Promise<Uint8Array> {
  const Bucket = stack.physicalId("JobsBucket");
  const { Contents = [] } = await clients.s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: `jobs/${jobId}/` }),
  );
  const keys = Contents.map(({ Key = "" }) => Key).filter((key) => key.endsWith("result.npy"));
  if (keys.length !== 1) {
    const all = Contents.map(({ Key }) => Key).join(", ");
    throw new Error(`expected one result of job ${jobId} in the bucket, got of its objects: ${all}`);
  }
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key: keys[0] }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

export async function containerOf({ ecs }: Clients, taskDefinition: string) {
  const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  const container = found?.containerDefinitions?.[0];
  if (!container) throw new Error(`expected a container in ${taskDefinition} of ${region}, got none`);
  return container;
}
