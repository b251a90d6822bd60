import path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { expect, vi } from "vitest";
import { keyOf } from "../../../aws/dynamodb/job-item.ts";
import type { Job } from "../../../jobs/record.ts";
import { type LocalCloud, startLocalCloud } from "../../../local/cloud.ts";
import type { Task } from "../../../local/ecs/model.ts";
import type { CloudFaults, ReceivedMessage } from "../../../local/faults/faults.ts";
import { createLog } from "../../../local/log.ts";
import {
  moduleOf,
  resolveEnvironment,
  type Service,
  stackNameOf,
  takeFunctions,
} from "../../../local/service.ts";
import { projectService } from "../../support/local/local-cloud.ts";
import { buildStage } from "./bundles.ts";
import { type Answer, answerOf, gatewayEvent, takeRoutes } from "./http.ts";
import { withTaskVariables, withVisibility } from "./template.ts";

export interface StageOptions {
  /** Seconds between two sweeps; `false`: only when `sweep()` is called. Default 1. */
  readonly sweepSeconds?: number | false;
  /** How many `work` functions run at once. Default 2. */
  readonly workConcurrency?: number;
  readonly workTimeoutSeconds?: number;
  /** What the Lambda lane offers, and what its processes are held to. */
  readonly workMemoryMiB?: number;
  /** After which a message that was not deleted is delivered again. */
  readonly visibilitySeconds?: number;
  /** Variables of every function and task. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Stage {
  readonly cloud: LocalCloud;
  /** What is broken just now in SQS, S3 and DynamoDB; for ECS see `cloud.ecs.faults`. */
  readonly faults: CloudFaults;
  /** Every receive of a message of the jobs queue. */
  readonly received: readonly ReceivedMessage[];
  /** What the functions and tasks printed. */
  readonly lines: readonly string[];
  call(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** POST /jobs, which must be accepted; answers the id. */
  submit(body: unknown, headers?: Record<string, string>): Promise<string>;
  /** The job's item as it is in the table. */
  record(jobId: string): Promise<Job | undefined>;
  /** Waits until the record has these fields. */
  reaches(jobId: string, fields: object, timeoutMs?: number): Promise<Job>;
  /** What a function answers, by its key; throws when it throws. */
  invoke(key: string, event: unknown): Promise<unknown>;
  /** One run of sweep; answers what it counted. */
  sweep(): Promise<unknown>;
  /** Messages in the queues, in flight ones included. */
  depth(): Promise<{ readonly jobs: number; readonly dead: number }>;
  /** Tasks that have not stopped. */
  liveTasks(): Task[];
  /** The tasks started for a job, the first one first. */
  tasksOf(jobId: string): Task[];
  stop(): Promise<void>;
}

const containerEntry = "container/main";
/** Functions that a first request should not have to wait for. */
const warm = new Set(["submit", "get", "cancel", "settle"]);

/** The whole product in real processes, in the local cloud and in a test's hands: it breaks what it wants. */
export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const { sweepSeconds = 1, workConcurrency = 2, workTimeoutSeconds, workMemoryMiB } = options;
  const variables = {
    AUTH: "none",
    ...(workMemoryMiB === undefined ? {} : { WORK_MEMORY_MIB: String(workMemoryMiB) }),
    ...options.environment,
  };
  const service = structuredClone((await projectService()) as unknown as Service);
  service.custom = { local: { workConcurrency, sweepSeconds: sweepSeconds || 1 } };
  const routes = takeRoutes(service);
  const entries = [...new Set(Object.values(service.functions).map(moduleOf)), containerEntry];
  const building = buildStage(entries, "test");
  const template = withTaskVariables(service.resources ?? {}, options.environment ?? {});

  const faults: CloudFaults = {};
  const received: ReceivedMessage[] = [];
  const lines: string[] = [];
  const cloud = await startLocalCloud({
    template: withVisibility(template, "JobsQueue", options.visibilitySeconds),
    region: service.provider.region,
    stackName: stackNameOf(service),
    log: createLog({ debug: true, write: (line) => lines.push(line) }),
    taskCommand: async () => ["--enable-source-maps", path.join(await building, `${containerEntry}.cjs`)],
    faults: {
      request: (request) => faults.request?.(request),
      deliveries(message) {
        received.push(message);
        return faults.deliveries?.(message) ?? 1;
      },
    },
  });
  resolveEnvironment(service, cloud.resolver, variables);
  const specs = takeFunctions(service, cloud.resolver, await building).map((spec) => {
    const isWork = spec.key === "work";
    return {
      ...spec,
      environment: { ...spec.environment, ...variables },
      concurrency: isWork ? spec.concurrency : 2,
      warm: warm.has(spec.key) ? 1 : spec.warm,
      timeoutSeconds: (isWork && workTimeoutSeconds) || spec.timeoutSeconds,
      memoryMiB: (isWork && workMemoryMiB) || spec.memoryMiB,
      triggers: spec.triggers.filter(({ kind }) => kind !== "schedule" || sweepSeconds !== false),
    };
  });
  await Promise.all(specs.map((spec) => cloud.lambda.add(spec)));

  // Past the faults: what a test looks at must not break.
  const { AWS_REGION: region = "", AWS_ACCESS_KEY_ID: key = "" } = cloud.environment;
  const client = { region, credentials: { accessKeyId: key, secretAccessKey: key } };
  const dynamo = DynamoDBDocumentClient.from(
    new DynamoDBClient({ ...client, endpoint: cloud.urls.dynamodb }),
  );
  const sqs = new SQSClient({ ...client, endpoint: cloud.urls.sqs });
  const refer = (logicalId: string): string => String(cloud.resolver.resolve({ Ref: logicalId }));
  const TableName = refer("JobsTable");

  const invoke = async (key: string, event: unknown): Promise<unknown> => {
    const { payload, functionError } = await cloud.lambda.invoke(key, event);
    if (functionError) throw new Error(`${key}: ${payload}`);
    return JSON.parse(payload);
  };
  const messages = async (logicalId: string): Promise<number> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: refer(logicalId), AttributeNames: ["All"] }),
    );
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } =
      Attributes;
    return Number(visible) + Number(inFlight);
  };

  const stage: Stage = {
    cloud,
    faults,
    received,
    lines,
    async call(method, url, body, headers = {}) {
      const { key, event } = gatewayEvent(routes, { method, url, body, headers });
      return answerOf(await cloud.lambda.invoke(key, event));
    },
    async submit(body, headers) {
      const answer = await stage.call("POST", "/jobs", body, headers);
      expect(answer).toMatchObject({ status: 202 });
      return answer.body.jobId;
    },
    async record(jobId) {
      const { Item } = await dynamo.send(
        new GetCommand({ TableName, Key: keyOf(jobId), ConsistentRead: true }),
      );
      return Item as Job | undefined;
    },
    async reaches(jobId, fields, timeout = 30_000) {
      // Not expect.poll, which knows no test when several run side by side.
      await vi.waitFor(async () => expect(await stage.record(jobId)).toMatchObject(fields), {
        timeout,
        interval: 50,
      });
      return (await stage.record(jobId)) as Job;
    },
    invoke,
    sweep: () => invoke("sweep", {}),
    async depth() {
      const [jobs, dead] = await Promise.all([messages("JobsQueue"), messages("JobsDeadLetterQueue")]);
      return { jobs, dead };
    },
    liveTasks: () => cloud.ecs.tasks().filter(({ lastStatus }) => lastStatus !== "STOPPED"),
    tasksOf: (jobId) => cloud.ecs.tasks().filter(({ startedBy }) => startedBy?.startsWith(`${jobId}-`)),
    async stop() {
      dynamo.destroy();
      sqs.destroy();
      await cloud.stop();
    },
  };
  return stage;
}
