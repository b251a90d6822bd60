import { getJob } from "../jobs/api/own-jobs.ts";
import { statusView } from "../jobs/api/view.ts";
import { endpoint } from "./http/endpoint.ts";

/** GET /jobs/{jobId}/status */
export const handler = endpoint(async ({ owner, jobId, ports }) => ({
  json: statusView(await getJob(jobId, owner, ports)),
}));
