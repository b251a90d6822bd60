import { ports } from "../aws/ports.ts";
import { getJob } from "../jobs/api/own-jobs.ts";
import { statusView } from "../jobs/api/view.ts";
import { api, json } from "./http/endpoint.ts";
import { ownerOf } from "./http/owner.ts";
import { invocation } from "./invocation.ts";

/** GET /jobs/{jobId}/status */
export const handler = invocation(
  api().handler(async (event) => {
    return json(200, statusView(await getJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports())));
  }),
);
