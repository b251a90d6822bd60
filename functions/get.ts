import { ports } from "../aws/ports.ts";
import { getJob } from "../jobs/caller.ts";
import { api, json } from "./api.ts";
import { invocation } from "./invocation.ts";
import { ownerOf } from "./owner.ts";
import { viewAfterWait } from "./prefer.ts";

/** GET /jobs/{jobId} */
export const handler = invocation(
  api().handler(async (event) => {
    const job = await getJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports());
    const { view, headers } = await viewAfterWait(job, event.headers.prefer, ports());
    return json(200, view, headers);
  }),
);
