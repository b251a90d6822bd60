import { cancelJob } from "../jobs/api/own-jobs.ts";
import { jobView } from "../jobs/api/view.ts";
import { endpoint } from "./http/endpoint.ts";

/** DELETE /jobs/{jobId} */
export const handler = endpoint(async ({ owner, jobId, ports }) => ({
  json: await jobView(await cancelJob(jobId, owner, ports), ports),
}));
