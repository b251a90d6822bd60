import { ports } from "../aws/ports.ts";
import { retryJob } from "../jobs/caller.ts";
import { jobView } from "../jobs/view.ts";
import { api, json } from "./api.ts";
import { invocation } from "./invocation.ts";
import { ownerOf } from "./owner.ts";

/** POST /jobs/{jobId}/retry */
export const handler = invocation(
  api().handler(async (event) => {
    const job = await retryJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports());
    const view = await jobView(job, ports());
    return json(202, view, { location: view.links.self });
  }),
);
