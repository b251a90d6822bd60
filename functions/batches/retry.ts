import { retryBatch } from "../../jobs/batches/own-batch.ts";
import { batchView } from "../../jobs/batches/view.ts";
import { endpoint } from "../http/endpoint.ts";

/** POST /batches/{batchId}/retry */
export const handler = endpoint(async ({ owner, event, ports }) => {
  const batchId = event.pathParameters?.batchId ?? "";
  const view = batchView(batchId, await retryBatch(batchId, owner, ports));
  return { status: 202, json: view, headers: { location: view.links.self } };
});
