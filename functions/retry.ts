import { ports } from "../aws/ports.ts";
import { retryJob } from "../jobs/api/own-jobs.ts";
import { jobView } from "../jobs/api/view.ts";
import { api, json } from "./http/endpoint.ts";
import { ownerOf } from "./http/owner.ts";
import { invocation } from "./invocation.ts";

/** POST /jobs/{jobId}/retry */
export const handler = invocation(
  api().handler(async (event) => {
    const job = await retryJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports());
    const view = await jobView(job, ports());
    return json(202, view, { location: view.links.self });
  }),
);
