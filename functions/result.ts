import httpContentNegotiation from "@middy/http-content-negotiation";
import { type ResultType, resultTypes } from "@sluice/contract/job";
import { ports } from "../aws/ports.ts";
import { getJob } from "../jobs/caller.ts";
import { resultHead, resultOf } from "../jobs/result.ts";
import { api } from "./api.ts";
import { invocation } from "./invocation.ts";
import { ownerOf } from "./owner.ts";
import { headResponse, resultResponse } from "./result-response.ts";

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
