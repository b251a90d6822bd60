import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Bucket } from "../emulators/emulator.ts";
import type { Resolver } from "./resolve.ts";
import { accountId, isObject, type JsonObject } from "./template.ts";

const queueAttributes = [
  "VisibilityTimeout",
  "DelaySeconds",
  "MessageRetentionPeriod",
  "MaximumMessageSize",
  "ReceiveMessageWaitTimeSeconds",
  "RedrivePolicy",
];

/** The endpoint of one emulator, as the SDK clients take it. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Creates the queues of the template. A queue that survived a restart gets the template's attributes. */
export async function seedQueues(resolver: Resolver, config: ClientConfig): Promise<void> {
  const sqs = new SQSClient(config);
  const create = async (name: string, properties: JsonObject): Promise<void> => {
    const Attributes = Object.fromEntries(
      queueAttributes
        .filter((attribute) => properties[attribute] !== undefined)
        .map((attribute) => {
          const value = properties[attribute];
          return [attribute, isObject(value) ? JSON.stringify(value) : String(value)];
        }),
    );
    try {
      await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "QueueNameExists") throw error;
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl(config, name), Attributes }));
    }
  };
  const queues = resolver.resources("AWS::SQS::Queue");
  await Promise.all(queues.map(({ name, properties }) => create(name, properties)));
  sqs.destroy();
}

// The URLs that CreateQueue and GetQueueUrl answer name hosts that do not resolve.
const queueUrl = (config: ClientConfig, name: string) => `${config.endpoint}/${accountId}/${name}`;

/** Creates the tables of the template. Time to live is left out: dynalite has no UpdateTimeToLive. */
export async function seedTables(resolver: Resolver, config: ClientConfig): Promise<void> {
  const dynamodb = new DynamoDBClient(config);
  const create = async (name: string, properties: JsonObject): Promise<void> => {
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes, BillingMode } =
      properties as unknown as CreateTableCommandInput;
    try {
      await dynamodb.send(
        new CreateTableCommand({
          TableName: name,
          AttributeDefinitions,
          KeySchema,
          GlobalSecondaryIndexes,
          LocalSecondaryIndexes,
          BillingMode,
        }),
      );
    } catch (error) {
      // It survived a restart.
      if (!(error instanceof Error) || error.name !== "ResourceInUseException") throw error;
    }
  };
  const tables = resolver.resources("AWS::DynamoDB::Table");
  await Promise.all(tables.map(({ name, properties }) => create(name, properties)));
  dynamodb.destroy();
}

interface CorsRule {
  AllowedOrigins?: string[];
  AllowedMethods?: string[];
  AllowedHeaders?: string[];
  ExposedHeaders?: string[];
  MaxAge?: number;
}

const elements = (name: string, values: readonly string[] = []): string =>
  values.map((value) => `<${name}>${value}</${name}>`).join("");

function corsXml(rules: readonly CorsRule[]): string {
  const rule = (cors: CorsRule): string =>
    [
      "<CORSRule>",
      elements("AllowedOrigin", cors.AllowedOrigins),
      elements("AllowedMethod", cors.AllowedMethods),
      elements("AllowedHeader", cors.AllowedHeaders),
      elements("ExposeHeader", cors.ExposedHeaders),
      cors.MaxAge === undefined ? "" : elements("MaxAgeSeconds", [String(cors.MaxAge)]),
      "</CORSRule>",
    ].join("");
  return `<CORSConfiguration>${rules.map(rule).join("")}</CORSConfiguration>`;
}

/** The buckets of the template, with their CORS rules as S3 takes them. */
export function bucketsOf(resolver: Resolver): Bucket[] {
  return resolver.resources("AWS::S3::Bucket").map(({ name, properties }) => {
    const cors = properties.CorsConfiguration;
    if (!isObject(cors) || !Array.isArray(cors.CorsRules)) return { name };
    return { name, corsXml: corsXml(cors.CorsRules as CorsRule[]) };
  });
}
