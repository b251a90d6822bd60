/**
 * AWS's limits as the simulation enforces them: of one account in eu-west-1 as it is opened, or as a new table and a
 * new bucket have them. docs/scale.md prints this table.
 */
export interface Limit {
  readonly what: string;
  readonly most: number;
  readonly unit: string;
  /** Whether AWS raises it when asked, or by itself. */
  readonly raised: string;
  readonly source: string;
}

const lambdaScaling = "docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html";
const sqsScaling = "docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html";
const onDemand = "repost.aws/knowledge-center/on-demand-table-throttling-dynamodb";
const prefixes = "repost.aws/knowledge-center/s3-object-key-naming-pattern";

export const limits = {
  gatewayRequests: {
    what: "HTTP API: requests, all of the account's",
    most: 10_000,
    unit: "a second",
    raised: "on request",
    source: "docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html",
  },
  lambdaConcurrency: {
    what: "functions at once, all of the account's",
    most: 1_000,
    unit: "at once",
    raised: "on request; a new account may have 10",
    source: lambdaScaling,
  },
  lambdaRequests: {
    what: "invocations, all of the account's",
    most: 10_000,
    unit: "a second",
    raised: "ten times the concurrency",
    source: lambdaScaling,
  },
  lambdaScaling: {
    what: "new environments of one function",
    most: 1_000,
    unit: "in 10 s",
    raised: "no",
    source: lambdaScaling,
  },
  eventSource: {
    what: "more functions for the queue's backlog, from 5 on",
    most: 300,
    unit: "a minute",
    raised: "no",
    source: sqsScaling,
  },
  sqsInFlight: {
    what: "messages received and not yet deleted",
    most: 120_000,
    unit: "at once",
    raised: "on request",
    source: "SQS API reference, ChangeMessageVisibility: OverLimit",
  },
  partitionWrites: {
    what: "DynamoDB: write units of one partition, of the table or of an index",
    most: 1_000,
    unit: "a second",
    raised: "no",
    source: onDemand,
  },
  tableWrites: {
    what: "DynamoDB: write units of a new table on demand, and of each index",
    most: 4_000,
    unit: "a second",
    raised: "by itself, to twice the last peak within 30 minutes; to 40,000 without a request",
    source: onDemand,
  },
  s3Puts: {
    what: "S3: PUTs of one partition of the bucket",
    most: 3_500,
    unit: "a second",
    raised: "by itself, within 30 to 60 minutes",
    source: prefixes,
  },
  s3Gets: {
    what: "S3: GETs of one partition of the bucket",
    most: 5_500,
    unit: "a second",
    raised: "by itself, within 30 to 60 minutes",
    source: prefixes,
  },
  putEvents: {
    what: "EventBridge: PutEvents",
    most: 10_000,
    unit: "a second",
    raised: "on request; 2,400 or less in smaller regions",
    source: "docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;

/** Where a stage's own parameters refuse or hold back. */
export type OwnCap = "httpRate" | "httpConcurrency" | "workConcurrency";

export type Cap = LimitName | OwnCap;
