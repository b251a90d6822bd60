import { preload } from "../../aws/adapters.ts";
import { getBatch } from "../../jobs/batches/own-batch.ts";
import { batchResult } from "../../jobs/batches/result.ts";
import { endpoint } from "../http/endpoint.ts";

preload("objects");

/** GET /batches/{batchId}/result */
export const handler = endpoint(async ({ owner, event, ports }) => {
  const batchId = event.pathParameters?.batchId ?? "";
  const bytes = await batchResult(await getBatch(batchId, owner, ports), ports);
  return {
    statusCode: 200,
    headers: {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="${batchId}.npz"`,
      "cache-control": "no-store",
    },
    body: Buffer.from(bytes).toString("base64"),
    isBase64Encoded: true,
  };
});
