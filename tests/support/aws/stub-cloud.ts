import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";

/**
 * One HTTP end for every AWS client: DynamoDB is dynalite, with its real conditions; S3 keeps objects in
 * memory; SQS and ECS answer what the test says. It counts every request, and can lose replies.
 */
export interface StubCloud {
  /** Every request that reached AWS, in order: `dynamodb.UpdateItem`, `s3.PUT`, `sqs.SendMessage`, … */
  readonly calls: string[];
  readonly objects: Map<string, Buffer>;
  /** Message bodies as they were sent. */
  readonly messages: string[];
  /** What the table was asked and answered, where it did not refuse. */
  readonly exchanges: Exchange[];
  /** The trace headers they carried. */
  readonly traces: (string | undefined)[];
  /** The entries of every PutEvents. */
  readonly events: Record<string, unknown>[];
  /** The connection breaks after the first attempt of each DynamoDB write was applied. */
  loseReplies: boolean;
  /** Answers instead of the service, if it answers at all. */
  instead: (call: string, body: Buffer) => Answer | undefined;
  ecs: (action: string, input: Record<string, unknown>) => Answer;
  stop(): Promise<void>;
}

export interface Exchange {
  readonly action: string;
  // biome-ignore lint/suspicious/noExplicitAny: DynamoDB's own wire format, of every operation
  readonly input: any;
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  readonly output: any;
}

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

export const tableName = "sluice-test-jobs";
export const bucketName = "sluice-test-bucket";

/** What the code of a stage on this cloud finds in its environment, once the cloud is started. */
export function stageVariables(): Record<string, string> {
  const { AWS_ENDPOINT_URL } = process.env;
  return {
    STAGE: "test",
    TABLE_NAME: tableName,
    BUCKET_NAME: bucketName,
    QUEUE_URL: `${AWS_ENDPOINT_URL}/000000000000/jobs`,
    DEAD_LETTER_QUEUE_URL: `${AWS_ENDPOINT_URL}/000000000000/jobs-dead`,
    TASK_DEFINITION_ARN: "arn:aws:ecs:eu-west-1:000000000000:task-definition/sluice-test:1",
  };
}

/** Starts it and points the SDK's own variables at it: clients made afterwards talk to nothing else. */
export async function startStubCloud(): Promise<StubCloud> {
  const table = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => table.listen(0, "127.0.0.1", () => resolve()));
  const tablePort = (table.address() as AddressInfo).port;

  const cloud: StubCloud = {
    calls: [],
    objects: new Map(),
    messages: [],
    exchanges: [],
    traces: [],
    events: [],
    loseReplies: false,
    instead: () => undefined,
    ecs: (action) => ({ status: 400, body: { __type: "UnknownOperation", message: action } }),
    async stop() {
      for (const server of [front, table]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };

  const front = createServer(async (incoming, reply) => {
    const body = await bodyOf(incoming);
    const call = callOf(incoming);
    cloud.calls.push(call);
    const [service, action = ""] = call.split(".");
    const instead = cloud.instead(call, body);
    if (instead) return answer(reply, instead);
    if (service === "dynamodb") return forward(cloud, action, { incoming, body, reply, port: tablePort });
    if (service === "s3") return s3(cloud, incoming, body, reply);
    const input = JSON.parse(body.toString()) as Record<string, unknown>;
    if (service === "sqs") answer(reply, sqs(cloud, action, input));
    else if (service === "events") answer(reply, events(cloud, input));
    else answer(reply, cloud.ecs(action, input));
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", () => resolve()));

  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  return cloud;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const services: Record<string, string> = {
  DynamoDB_20120810: "dynamodb",
  AmazonSQS: "sqs",
  AmazonEC2ContainerServiceV20141113: "ecs",
  AWSEvents: "events",
};

function callOf({ headers, method }: IncomingMessage): string {
  const [prefix = "", action] = String(headers["x-amz-target"] ?? "").split(".");
  return action === undefined ? `s3.${method}` : `${services[prefix]}.${action}`;
}

function losesReply(cloud: StubCloud, action: string, { headers }: IncomingMessage): boolean {
  const first = String(headers["amz-sdk-request"]).includes("attempt=1");
  return cloud.loseReplies && first && (action === "PutItem" || action === "UpdateItem");
}

function answer(reply: ServerResponse, { status = 200, body }: Answer): void {
  reply.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
  reply.end(JSON.stringify(body));
}

interface Forwarded {
  readonly incoming: IncomingMessage;
  readonly body: Buffer;
  readonly reply: ServerResponse;
  readonly port: number;
}

function forward(cloud: StubCloud, action: string, { incoming, body, reply, port }: Forwarded): void {
  const lost = losesReply(cloud, action, incoming);
  const onward = request(
    { host: "127.0.0.1", port, method: incoming.method, path: incoming.url, headers: incoming.headers },
    async (answered) => {
      const text = await bodyOf(answered);
      if (answered.statusCode === 200)
        cloud.exchanges.push({ action, input: JSON.parse(`${body}`), output: JSON.parse(`${text}`) });
      if (lost) {
        reply.destroy();
        return;
      }
      reply.writeHead(answered.statusCode ?? 500, answered.headers);
      reply.end(text);
    },
  );
  onward.end(body);
}

function sqs(cloud: StubCloud, action: string, input: Record<string, unknown>): Answer {
  if (action === "GetQueueAttributes") {
    return {
      body: {
        Attributes: {
          ApproximateNumberOfMessages: String(cloud.messages.length),
          ApproximateNumberOfMessagesNotVisible: "3",
        },
      },
    };
  }
  if (action === "SendMessageBatch") {
    const entries = input.Entries as (Record<string, unknown> & { Id: string })[];
    const taken = entries.map((entry) => ({
      Id: entry.Id,
      ...(sqs(cloud, "SendMessage", entry).body as object),
    }));
    return { body: { Successful: taken, Failed: [] } };
  }
  const body = String(input.MessageBody);
  cloud.messages.push(body);
  const attributes = input.MessageSystemAttributes as
    | { AWSTraceHeader?: { StringValue: string } }
    | undefined;
  cloud.traces.push(attributes?.AWSTraceHeader?.StringValue);
  return { body: { MessageId: "1", MD5OfMessageBody: createHash("md5").update(body).digest("hex") } };
}

function events(cloud: StubCloud, { Entries }: Record<string, unknown>): Answer {
  const entries = Entries as Record<string, unknown>[];
  cloud.events.push(...entries);
  return { body: { FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: String(index) })) } };
}

function s3(cloud: StubCloud, { method, url = "" }: IncomingMessage, body: Buffer, reply: ServerResponse) {
  const key = decodeURIComponent(new URL(url, "http://s3").pathname).replace(`/${bucketName}/`, "");
  if (method === "PUT") {
    cloud.objects.set(key, body);
    reply.writeHead(200, { etag: '"0"' }).end();
    return;
  }
  const object = cloud.objects.get(key);
  if (!object) {
    reply.writeHead(404, { "content-type": "application/xml" });
    reply.end(
      method === "HEAD" ? undefined : "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>",
    );
    return;
  }
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(reply.req.headers.range ?? "") ?? [];
  const part = from === undefined ? object : object.subarray(Number(from), Number(to) + 1);
  const headers = {
    "content-length": part.byteLength,
    etag: '"0"',
    ...(from === undefined
      ? {}
      : { "content-range": `bytes ${from}-${Number(from) + part.byteLength - 1}/${object.byteLength}` }),
  };
  reply.writeHead(from === undefined ? 200 : 206, headers);
  reply.end(method === "HEAD" ? undefined : part);
}
