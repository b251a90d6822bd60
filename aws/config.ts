import { validate } from "@sluice/contract/validate";
import * as z from "zod";
import type { Settings } from "../jobs/settings.ts";

/**
 * The environment of product code, read and checked once: the only reader of process.env. A stage that
 * is deployed wrongly fails its first request with the name of the variable, not its hundredth with a riddle.
 */
const list = z.string().transform((text) => text.split(",").filter((item) => item !== ""));
const positive = z.coerce.number<string>().int().positive();

const environment = z.object({
  STAGE: z.string().min(1),
  TABLE_NAME: z.string().min(3),
  BUCKET_NAME: z.string().min(3),
  /** The two queues are not for a container: it sends nothing. */
  QUEUE_URL: z.url().optional(),
  DEAD_LETTER_QUEUE_URL: z.url().optional(),
  CLUSTER_ARN: z.string().default(""),
  /** Empty: the stage was deployed without Fargate. */
  TASK_DEFINITION_ARN: z.string().default(""),
  SUBNET_IDS: list.default([]),
  SECURITY_GROUP_IDS: list.default([]),
  /** False for existing private subnets that reach AWS through a NAT or endpoints. */
  ASSIGN_PUBLIC_IP: z.stringbool().default(true),
  WORK_MEMORY_MIB: positive.default(1769),
  SUBMIT_MEMORY_MIB: positive.default(1769),
  EXPRESS: z.stringbool().default(true),
  RECORD_ARRAYS: z.stringbool().default(true),
  MAX_TASK_VCPU: positive.default(4),
  // All held slots are one DynamoDB item: aws/dynamodb/slots.ts.
  MAX_TASKS: positive.max(2000).default(20),
  MAX_RUNNING_VCPU: positive.default(40),
  MAX_SECONDS: positive.default(21_600),
  RETENTION_DAYS: positive.default(7),
  WAIT_HOLDERS: positive.default(100),
  FARGATE_SPOT: z.stringbool().default(false),
  /** Whether metrics are written: not where nobody collects them. */
  METRICS: z.stringbool().default(true),
  /** Whether the stage has alarms. */
  ALARMS: z.stringbool().default(false),
  AUTH: z.enum(["iam", "jwt", "none"]).default("iam"),
});

export interface Config {
  readonly stage: string;
  readonly tableName: string;
  readonly bucketName: string;
  readonly queueUrl: string | undefined;
  readonly deadLetterQueueUrl: string | undefined;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
  readonly waitHolders: number;
  readonly metrics: boolean;
  readonly alarms: boolean;
  readonly auth: "iam" | "jwt" | "none";
  readonly settings: Settings;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** A wrong environment is our fault: a plain Error, as a Problem would be shown to the caller as theirs. */
function checked<Schema extends z.ZodType>(schema: Schema, variables: Variables): z.output<Schema> {
  try {
    return validate(schema, variables, { root: "environment" });
  } catch (error) {
    throw new Error(`deployed wrongly: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws Error naming the variable that is missing or malformed */
export function readConfig(variables: Variables): Config {
  const env = checked(environment, variables);
  return {
    stage: env.STAGE,
    tableName: env.TABLE_NAME,
    bucketName: env.BUCKET_NAME,
    queueUrl: env.QUEUE_URL,
    deadLetterQueueUrl: env.DEAD_LETTER_QUEUE_URL,
    clusterArn: env.CLUSTER_ARN,
    taskDefinitionArn: env.TASK_DEFINITION_ARN,
    subnetIds: env.SUBNET_IDS,
    securityGroupIds: env.SECURITY_GROUP_IDS,
    assignPublicIp: env.ASSIGN_PUBLIC_IP,
    waitHolders: env.WAIT_HOLDERS,
    metrics: env.METRICS,
    alarms: env.ALARMS,
    auth: env.AUTH,
    settings: {
      workMemoryMiB: env.WORK_MEMORY_MIB,
      express: env.EXPRESS,
      recordArrays: env.RECORD_ARRAYS,
      submitMemoryMiB: env.SUBMIT_MEMORY_MIB,
      fargate: env.TASK_DEFINITION_ARN !== "",
      spot: env.FARGATE_SPOT,
      // A task above the stage's cap would wait for room that never comes.
      maxTaskVcpu: Math.min(env.MAX_TASK_VCPU, env.MAX_RUNNING_VCPU),
      maxTasks: env.MAX_TASKS,
      maxRunningVcpu: env.MAX_RUNNING_VCPU,
      maxSeconds: env.MAX_SECONDS,
      retentionDays: env.RETENTION_DAYS,
    },
  };
}

let cached: Config | undefined;

export function config(): Config {
  cached ??= readConfig(process.env);
  return cached;
}

/** For lines that are written even when the rest of the environment is wrong. */
export function stageName(): string {
  return process.env.STAGE ?? "";
}

/** X-Ray's header of what runs here: set by Lambda anew for each invocation, and for a task by its launch. */
export function traceOfInvocation(): string | undefined {
  return process.env._X_AMZN_TRACE_ID || undefined;
}

/** What the Fargate entry is told at launch, and by the ECS agent. */
export function taskEnvironment() {
  return checked(
    z.object({
      JOB_ID: z.string().min(1),
      DISPATCH: positive,
      ECS_CONTAINER_METADATA_URI_V4: z.url().optional(),
    }),
    process.env,
  );
}
