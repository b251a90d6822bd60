import { preload } from "../../aws/adapters.ts";
import { acceptBatch } from "../../jobs/batches/submit.ts";
import { acceptedView } from "../../jobs/batches/view.ts";
import { waitForBatch } from "../../jobs/batches/wait.ts";
import { batchReader } from "../http/batch-body.ts";
import { endpoint } from "../http/endpoint.ts";
import { preferredWait } from "../http/prefer.ts";
import { idempotencyOf } from "../http/submit-body.ts";

preload("objects", "queue");

/** POST /batches */
export const handler = endpoint(
  async ({ owner, body, event, ports }) => {
    const accepted = await acceptBatch(body, owner, idempotencyOf(event), ports);
    const jobs = accepted.items.flatMap((item) => ("job" in item ? [item.job] : []));
    const seconds = preferredWait(event.headers.prefer);
    const waited = seconds === undefined ? undefined : await waitForBatch(jobs, seconds, ports);
    const view = acceptedView(accepted, waited?.jobs ?? jobs);
    return {
      status: view.finished ? 200 : 202,
      json: view,
      headers: {
        location: view.links.self,
        ...(accepted.replayed ? { "idempotency-replayed": "true" } : {}),
        ...(waited?.granted === undefined ? {} : { "preference-applied": `wait=${waited.granted}` }),
      },
    };
  },
  { body: batchReader },
);
