import { type ResultType, resultTypes } from "@sluice/contract/job";
import { preload } from "../aws/adapters.ts";
import { getJob } from "../jobs/api/own-jobs.ts";
import { resultHead, resultOf } from "../jobs/api/result.ts";
import { type BodyEvent, endpoint } from "./http/endpoint.ts";
import { requireKnown } from "./http/query.ts";
import { headResponse, resultResponse } from "./http/result-response.ts";
import { acceptedTypes } from "./middleware/accepted-types.ts";

preload("objects");

const output = ({ queryStringParameters }: BodyEvent) => {
  requireKnown(queryStringParameters, ["output"]);
  return queryStringParameters?.output ?? "result";
};

/** GET and HEAD /jobs/{jobId}/result */
export const handler = endpoint(
  async ({ owner, jobId, params: name, event, context, ports }) => {
    const { preferredMediaTypes: accepted = resultTypes } = context as {
      preferredMediaTypes?: ResultType[];
    };
    const job = await getJob(jobId, owner, ports);
    if (event.requestContext.http.method === "HEAD") return headResponse(await resultHead(job, name, ports));
    return resultResponse(job, name, await resultOf(job, name, accepted, ports));
  },
  { params: output, middlewares: acceptedTypes() },
);
