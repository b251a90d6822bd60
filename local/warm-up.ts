import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { keyOf } from "../aws/dynamodb/job-item.ts";

/**
 * Runs one tiny job through everything, so that the first real one meets warm code, and takes its record
 * out of the table again. Answers what GET /health said; a service without jobs is just asked that.
 */
export async function warmUp(url: string, environment: Readonly<Record<string, unknown>>): Promise<Response> {
  const response = await fetch(`${url}/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json", prefer: "wait=10" },
    body: JSON.stringify({ dataMatrix: [[1]] }),
  });
  const { jobId } = (await response.json()) as { jobId?: unknown };
  const { TABLE_NAME: TableName } = environment;
  if (typeof jobId === "string" && typeof TableName === "string") {
    const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    await dynamo.send(new DeleteCommand({ TableName, Key: keyOf(jobId) }));
    dynamo.destroy();
  }
  return fetch(`${url}/health`);
}
