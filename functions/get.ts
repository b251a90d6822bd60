import { preload } from "../aws/adapters.ts";
import { getJob } from "../jobs/api/own-jobs.ts";
import { endpoint } from "./http/endpoint.ts";
import { viewAfterWait } from "./http/prefer.ts";

preload("objects");

/** GET /jobs/{jobId} */
export const handler = endpoint(async ({ owner, jobId, event, ports }) => {
  const job = await getJob(jobId, owner, ports);
  const { view, headers } = await viewAfterWait(job, event.headers.prefer, ports);
  return { json: view, headers };
});
