import { submitBody } from "@sluice/contract/submit";
import { accept } from "../jobs/submit/accept.ts";
import { endpoint } from "./http/endpoint.ts";
import { viewAfterWait } from "./http/prefer.ts";
import { idempotencyOf, submissionReader } from "./http/submit-body.ts";

/** POST /jobs */
export const handler = endpoint(
  async ({ owner, body, event, ports }) => {
    const { job, replayed } = await accept(body, owner, idempotencyOf(event), ports);
    const { view, ended, headers: granted } = await viewAfterWait(job, event.headers.prefer, ports);
    const replay = replayed ? { "idempotency-replayed": "true" } : {};
    const headers = { location: view.links.self, ...replay, ...granted };
    if (ended) return { json: view, headers };
    return { status: 202, json: { ...view, message: "Job accepted for processing." }, headers };
  },
  { body: submissionReader(submitBody) },
);
