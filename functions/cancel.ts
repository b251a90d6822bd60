import { ports } from "../aws/ports.ts";
import { cancelJob } from "../jobs/api/own-jobs.ts";
import { jobView } from "../jobs/api/view.ts";
import { api, json } from "./http/endpoint.ts";
import { ownerOf } from "./http/owner.ts";
import { invocation } from "./invocation.ts";

/** DELETE /jobs/{jobId} */
export const handler = invocation(
  api().handler(async (event) => {
    const job = await cancelJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports());
    return json(200, await jobView(job, ports()));
  }),
);
