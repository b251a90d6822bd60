import { cancelBatch } from "../../jobs/batches/own-batch.ts";
import { batchView } from "../../jobs/batches/view.ts";
import { endpoint } from "../http/endpoint.ts";

/** DELETE /batches/{batchId} */
export const handler = endpoint(async ({ owner, event, ports }) => {
  const batchId = event.pathParameters?.batchId ?? "";
  return { json: batchView(batchId, await cancelBatch(batchId, owner, ports)) };
});
