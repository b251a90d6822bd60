import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tableName } from "./stub-cloud.ts";

/** The stage's own table. */
export function createJobsTable(): Promise<void> {
  return createTable(tableName);
}

/** A table as infra/table.yml has it: its key and its three indexes. */
export async function createTable(TableName: string): Promise<void> {
  const client = new DynamoDBClient({});
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "owner", AttributeType: "S" },
        { AttributeName: "createdSort", AttributeType: "S" },
        { AttributeName: "dueShard", AttributeType: "S" },
        { AttributeName: "dueAt", AttributeType: "N" },
        { AttributeName: "line", AttributeType: "S" },
        { AttributeName: "lineSince", AttributeType: "N" },
      ],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      GlobalSecondaryIndexes: [
        index("byOwner", "owner", "createdSort"),
        index("byDue", "dueShard", "dueAt"),
        index("byLine", "line", "lineSince"),
      ],
    }),
  );
  client.destroy();
}

function index(IndexName: string, hash: string, range: string) {
  return {
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: "HASH" as const },
      { AttributeName: range, KeyType: "RANGE" as const },
    ],
    Projection: { ProjectionType: "KEYS_ONLY" as const },
  };
}
