import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { keyOf } from "../aws/dynamodb/job-item.ts";

/**
 * Runs two tiny jobs, one at once and one by way of the queue, so that the first real ones meet warm code, and takes
 * their records out of the table again. Answers what GET /health said; a service without jobs is just asked that.
 */
export async function warmUp(url: string, environment: Readonly<Record<string, unknown>>): Promise<Response> {
  const waits = { prefer: "wait=10" };
  const submit = async (headers: Record<string, string> = {}): Promise<unknown> => {
    const response = await fetch(`${url}/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ dataMatrix: [[1]] }),
    });
    return ((await response.json()) as { jobId?: unknown }).jobId;
  };
  const queued = async (): Promise<unknown> => {
    const jobId = await submit();
    if (typeof jobId === "string") await (await fetch(`${url}/jobs/${jobId}`, { headers: waits })).text();
    return jobId;
  };
  const jobIds = await Promise.all([submit(waits), queued()]);
  const { TABLE_NAME: TableName } = environment;
  if (typeof TableName === "string") {
    const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    for (const jobId of jobIds) {
      if (typeof jobId === "string") await dynamo.send(new DeleteCommand({ TableName, Key: keyOf(jobId) }));
    }
    dynamo.destroy();
  }
  return fetch(`${url}/health`);
}
