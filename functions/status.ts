import { ports } from "../aws/ports.ts";
import { getJob } from "../jobs/caller.ts";
import { statusView } from "../jobs/view.ts";
import { api, json } from "./api.ts";
import { invocation } from "./invocation.ts";
import { ownerOf } from "./owner.ts";

/** GET /jobs/{jobId}/status */
export const handler = invocation(
  api().handler(async (event) => {
    return json(200, statusView(await getJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports())));
  }),
);
