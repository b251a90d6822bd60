import { ports } from "../aws/ports.ts";
import { getJob } from "../jobs/api/own-jobs.ts";
import { api, json } from "./http/endpoint.ts";
import { ownerOf } from "./http/owner.ts";
import { viewAfterWait } from "./http/prefer.ts";
import { invocation } from "./invocation.ts";

/** GET /jobs/{jobId} */
export const handler = invocation(
  api().handler(async (event) => {
    const job = await getJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports());
    const { view, headers } = await viewAfterWait(job, event.headers.prefer, ports());
    return json(200, view, headers);
  }),
);
