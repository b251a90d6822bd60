import { existsSync, globSync } from "node:fs";
import path from "node:path";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { startEmulators } from "../../local/emulators/start.ts";

/** What a local cloud that has stopped left in its data folder. */
export interface Stored {
  /** Ids of the jobs in the table. */
  readonly records: readonly string[];
  /** Ids of jobs and of uploads that have objects in the bucket. */
  readonly objects: readonly string[];
  /** Ids of the jobs that messages are about, and the texts of dead letters. */
  readonly messages: readonly string[];
  readonly dead: readonly string[];
}

const client = (endpoint: string) => ({
  region: "eu-west-1",
  endpoint,
  credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
});

/** The local S3 keeps an object in a folder of its key: jobs/<id>/… and uploads/<owner>/<id>.npy. */
export function idsInBucket(folder: string): string[] {
  const s3 = path.join(folder, "s3");
  if (!existsSync(s3)) return [];
  const jobs = globSync("*/jobs/*", { cwd: s3 }).map((found) => path.basename(found));
  const uploads = globSync("*/uploads/*/*", { cwd: s3 }).map((found) =>
    path.basename(found).replace(/\.npy.*$/, ""),
  );
  return [...new Set([...jobs, ...uploads])];
}

async function idsInTable(endpoint: string): Promise<string[]> {
  const plain = new DynamoDBClient(client(endpoint));
  const dynamo = DynamoDBDocumentClient.from(plain);
  const { TableNames: [TableName] = [] } = await plain.send(new ListTablesCommand({}));
  const ids: string[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new ScanCommand({ TableName, ProjectionExpression: "pk", ExclusiveStartKey: from }),
    );
    for (const { pk } of page.Items ?? []) if (/^job#/.test(pk)) ids.push(pk.slice("job#".length));
    from = page.LastEvaluatedKey;
  } while (from);
  plain.destroy();
  return ids;
}

async function textsInQueues(endpoint: string): Promise<{ live: string[]; dead: string[] }> {
  const sqs = new SQSClient(client(endpoint));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const found = { live: [] as string[], dead: [] as string[] };
  for (const named of QueueUrls) {
    // The URLs name hosts that do not resolve.
    const QueueUrl = endpoint + new URL(named).pathname;
    const texts = /dead/i.test(named) ? found.dead : found.live;
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
      );
      if (Messages.length === 0) break;
      texts.push(...Messages.map(({ Body = "" }) => Body));
    }
  }
  sqs.destroy();
  return found;
}

/** Opens the folder of a stopped local cloud (SLUICE_DATA) and reads all of it. */
export async function storedIn(folder: string): Promise<Stored> {
  const objects = idsInBucket(folder);
  const emulators = await startEmulators({ region: "eu-west-1", buckets: [], folder, keep: true });
  try {
    const records = await idsInTable(emulators.urls.dynamodb);
    const { live, dead } = await textsInQueues(emulators.urls.sqs);
    return { records, objects, messages: live.map((text) => JSON.parse(text).jobId as string), dead };
  } finally {
    await emulators.stop();
  }
}
