import httpContentNegotiation from "@middy/http-content-negotiation";
import { type ResultType, resultTypes } from "@sluice/contract/job";
import { ports } from "../aws/ports.ts";
import { getJob } from "../jobs/api/own-jobs.ts";
import { resultHead, resultOf } from "../jobs/api/result.ts";
import { api } from "./http/endpoint.ts";
import { ownerOf } from "./http/owner.ts";
import { headResponse, resultResponse } from "./http/result-response.ts";
import { invocation } from "./invocation.ts";

/** GET and HEAD /jobs/{jobId}/result */
export const handler = invocation(
  api()
    .use(
      httpContentNegotiation({
        parseLanguages: false,
        parseCharsets: false,
        parseEncodings: false,
        availableMediaTypes: [...resultTypes],
      }),
    )
    .handler(async (event, context) => {
      const { preferredMediaTypes: accepted = resultTypes } = context as {
        preferredMediaTypes?: ResultType[];
      };
      const job = await getJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports());
      const name = event.queryStringParameters?.output ?? "result";
      if (event.requestContext.http.method === "HEAD")
        return headResponse(await resultHead(job, name, ports()));
      return resultResponse(job, name, await resultOf(job, name, accepted, ports()));
    }),
);
