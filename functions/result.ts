import httpContentNegotiation from "@middy/http-content-negotiation";
import { ports } from "../aws/ports.ts";
import { getJob } from "../jobs/caller.ts";
import { resultOf } from "../jobs/result.ts";
import { api, json } from "./api.ts";
import { ownerOf } from "./owner.ts";

const types = ["application/json", "application/x-npy"];

/** GET /jobs/{jobId}/result */
export const handler = api()
  .use(
    httpContentNegotiation({
      parseLanguages: false,
      parseCharsets: false,
      parseEncodings: false,
      availableMediaTypes: types,
    }),
  )
  .handler(async (event, context) => {
    const { preferredMediaTypes = [] } = context as typeof context & { preferredMediaTypes?: string[] };
    const job = await getJob(event.pathParameters?.jobId ?? "", ownerOf(event), ports());
    const result = await resultOf(
      job,
      event.queryStringParameters?.output ?? "result",
      {
        npy: preferredMediaTypes[0] === "application/x-npy",
        // Who takes anything is sent to the file when the JSON is too large; who wants JSON is told so.
        jsonOnly: !preferredMediaTypes.includes("application/x-npy"),
      },
      ports(),
    );
    if ("url" in result)
      return { statusCode: 303, headers: { location: result.url, "cache-control": "no-store" } };
    return json(200, result);
  });
