import { ports } from "../aws/ports.ts";
import { accept } from "../jobs/submit/accept.ts";
import { apiWithMatrix, json } from "./http/endpoint.ts";
import { ownerOf } from "./http/owner.ts";
import { viewAfterWait } from "./http/prefer.ts";
import { idempotencyKey, requestHash, submissionOf } from "./http/submission.ts";
import { invocation } from "./invocation.ts";

/** POST /jobs */
export const handler = invocation(
  apiWithMatrix().handler(async (event) => {
    const owner = ownerOf(event);
    const key = idempotencyKey(event.headers);
    const { job, replayed } = await accept(
      {
        owner,
        body: submissionOf(event),
        requestHash: requestHash(event),
        ...(key === undefined ? {} : { idempotencyKey: key }),
      },
      ports(),
    );
    const { view, ended, headers } = await viewAfterWait(job, event.headers.prefer, ports());
    const common = {
      location: view.links.self,
      ...(replayed ? { "idempotency-replayed": "true" } : {}),
      ...headers,
    };
    if (ended) return json(200, view, common);
    return json(202, { ...view, message: "Job accepted for processing." }, common);
  }),
);
