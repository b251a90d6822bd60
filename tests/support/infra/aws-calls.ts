import { dynamo } from "../../../aws/dynamodb/client.ts";
import { ecs } from "../../../aws/ecs/client.ts";
import { s3 } from "../../../aws/s3/client.ts";
import { sqs } from "../../../aws/sqs/client.ts";
import { eventBridge } from "../../../aws/telemetry/event-bridge.ts";

/** One call as IAM sees it: the action, on what, and what conditions may ask about. */
export interface AwsCall {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: the inputs of all services.
type Input = any;
type Stack = { add(middleware: unknown, options: { step: "initialize" }): void };
type Client = { readonly middlewareStack: Stack };

/** Names of what the calls are about, as the stage has them. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
  /** Handed to ECS with each task. */
  readonly taskRoles: readonly string[];
}

/**
 * Sees every call of product code to AWS, links that are only signed too: a signer lends its permission. An
 * operation that is not in the table below breaks the call: it needs its line there, and a grant.
 */
export function onAwsCalls(place: Place, seen: (call: AwsCall) => void): void {
  for (const client of [dynamo, s3, sqs, ecs, eventBridge]) {
    const { middlewareStack } = client() as unknown as Client;
    const watch =
      (next: (sent: { input: Input }) => Promise<unknown>, { commandName }: { commandName: string }) =>
      async (sent: { input: Input }) => {
        const name = commandName.replace(/Command$/, "");
        const calls = actions[name];
        if (!calls)
          throw new Error(`tests/support/infra/aws-calls.ts: expected an operation it knows, got ${name}`);
        for (const call of calls(sent.input, place)) seen(call);
        try {
          return await next(sent);
        } catch (error) {
          // S3 says 404 only to who may list; to others it says 403.
          const isMissing = ["NoSuchKey", "NotFound"].includes((error as Error).name);
          if (isMissing) seen({ action: "s3:ListBucket", resource: `arn:aws:s3:::${sent.input.Bucket}` });
          throw error;
        }
      };
    middlewareStack.add(watch, { step: "initialize" });
  }
}

type Calls = (input: Input, place: Place) => AwsCall[];

const owned = ({ region, accountId }: Place, service: string, path: string) =>
  `arn:aws:${service}:${region}:${accountId}:${path}`;

const table =
  (action: string): Calls =>
  ({ TableName, IndexName, RequestItems = {} }, place) =>
    [TableName ?? Object.keys(RequestItems)[0]].map((name) => ({
      action: `dynamodb:${action}`,
      resource: owned(place, "dynamodb", `table/${name}${IndexName ? `/index/${IndexName}` : ""}`),
    }));

const object =
  (action: string): Calls =>
  ({ Bucket, Key }) => [{ action: `s3:${action}`, resource: `arn:aws:s3:::${Bucket}/${Key}` }];

const queue =
  (action: string): Calls =>
  ({ QueueUrl }, place) => [
    { action: `sqs:${action}`, resource: owned(place, "sqs", String(QueueUrl).split("/").at(-1) ?? "") },
  ];

const inCluster = (cluster: string) => ({ "ecs:cluster": cluster });

/** Operation → what IAM checks for it. Source: AWS service authorization reference. */
const actions: Readonly<Record<string, Calls>> = {
  GetItem: table("GetItem"),
  BatchGetItem: table("BatchGetItem"),
  BatchWriteItem: table("BatchWriteItem"),
  PutItem: table("PutItem"),
  UpdateItem: table("UpdateItem"),
  Query: table("Query"),
  GetObject: object("GetObject"),
  HeadObject: object("GetObject"),
  PutObject: object("PutObject"),
  CreateMultipartUpload: object("PutObject"),
  UploadPart: object("PutObject"),
  CompleteMultipartUpload: object("PutObject"),
  AbortMultipartUpload: object("AbortMultipartUpload"),
  SendMessage: queue("SendMessage"),
  // Its permission is that of SendMessage: Service Authorization Reference, SQS.
  SendMessageBatch: queue("SendMessage"),
  GetQueueAttributes: queue("GetQueueAttributes"),
  ReceiveMessage: queue("ReceiveMessage"),
  ChangeMessageVisibilityBatch: queue("ChangeMessageVisibility"),
  DeleteMessage: queue("DeleteMessage"),
  RunTask: ({ cluster, taskDefinition, propagateTags }, place) => {
    const task = owned(place, "ecs", `task/${cluster.split("/").at(-1)}/0`);
    const tags = { action: "ecs:TagResource", resource: task, context: { "ecs:CreateAction": "RunTask" } };
    const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
    return [
      { action: "ecs:RunTask", resource: taskDefinition, context: inCluster(cluster) },
      ...(propagateTags ? [tags] : []),
      ...place.taskRoles.map((resource) => ({ action: "iam:PassRole", resource, context: passed })),
    ];
  },
  StopTask: ({ cluster, task }) => [{ action: "ecs:StopTask", resource: task, context: inCluster(cluster) }],
  DescribeTasks: ({ cluster, tasks }) =>
    tasks.map((task: string) => ({
      action: "ecs:DescribeTasks",
      resource: task,
      context: inCluster(cluster),
    })),
  ListTasks: ({ cluster }) => [{ action: "ecs:ListTasks", resource: "*", context: inCluster(cluster) }],
  PutEvents: ({ Entries }, place) =>
    Entries.map(({ Source }: { Source: string }) => ({
      action: "events:PutEvents",
      resource: owned(place, "events", "event-bus/default"),
      context: { "events:source": Source },
    })),
  PutTraceSegments: () => [{ action: "xray:PutTraceSegments", resource: "*" }],
};
