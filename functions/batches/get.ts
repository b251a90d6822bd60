import { getBatch } from "../../jobs/batches/own-batch.ts";
import { batchView } from "../../jobs/batches/view.ts";
import { waitForBatch } from "../../jobs/batches/wait.ts";
import { endpoint } from "../http/endpoint.ts";
import { preferredWait } from "../http/prefer.ts";

/** GET /batches/{batchId} */
export const handler = endpoint(async ({ owner, event, ports }) => {
  const batchId = event.pathParameters?.batchId ?? "";
  const jobs = await getBatch(batchId, owner, ports);
  const seconds = preferredWait(event.headers.prefer);
  if (seconds === undefined) return { json: batchView(batchId, jobs) };
  const waited = await waitForBatch(jobs, seconds, ports);
  const headers = waited.granted === undefined ? {} : { "preference-applied": `wait=${waited.granted}` };
  return { json: batchView(batchId, waited.jobs), headers: headers as Record<string, string> };
});
