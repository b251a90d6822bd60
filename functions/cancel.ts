import { ports } from "../aws/ports.ts";
import { cancelJob } from "../jobs/caller.ts";
import { jobView } from "../jobs/view.ts";
import { api, json } from "./api.ts";
import { invocation } from "./invocation.ts";
import { ownerOf } from "./owner.ts";

/** DELETE /jobs/{jobId} */
export const handler = invocation(
  api().handler(async (event) => {
    const job = await cancelJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports());
    return json(200, await jobView(job, ports()));
  }),
);
