import { submitBody } from "@sluice/contract/submit";
import { preload } from "../aws/adapters.ts";
import { computeHere } from "../jobs/run/compute-here.ts";
import { accept } from "../jobs/submit/accept.ts";
import { endpoint } from "./http/endpoint.ts";
import { preferredWait, viewAfterWait } from "./http/prefer.ts";
import { idempotencyOf, submissionReader } from "./http/submit-body.ts";

preload("objects", "queue");

/** POST /jobs */
export const handler = endpoint(
  async ({ owner, body, event, ports }) => {
    const { prefer } = event.headers;
    const waits = (preferredWait(prefer) ?? 0) > 0;
    const accepted = await accept(body, owner, idempotencyOf(event), ports, waits ? computeHere : undefined);
    const { view, ended, headers: granted } = await viewAfterWait(accepted.job, prefer, ports, accepted);
    const replay = accepted.replayed ? { "idempotency-replayed": "true" } : {};
    const headers = { location: view.links.self, ...replay, ...granted };
    if (ended) return { json: view, headers };
    return { status: 202, json: { ...view, message: "Job accepted for processing." }, headers };
  },
  { body: submissionReader(submitBody) },
);
