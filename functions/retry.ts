import { retryJob } from "../jobs/api/own-jobs.ts";
import { jobView } from "../jobs/api/view.ts";
import { endpoint } from "./http/endpoint.ts";

/** POST /jobs/{jobId}/retry */
export const handler = endpoint(async ({ owner, jobId, ports }) => {
  const view = await jobView(await retryJob(jobId, owner, ports), ports);
  return { status: 202, json: view, headers: { location: view.links.self } };
});
