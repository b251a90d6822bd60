import { text } from "node:stream/consumers";
import { type HttpServer, listen } from "../http-server.ts";
import type { Segment, Segments } from "./segments.ts";

/** PutTraceSegments of X-Ray. */
export function startXRay(segments: Segments): Promise<HttpServer> {
  return listen(async (request, response) => {
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.method !== "POST" || request.url !== "/TraceSegments") {
      reply(404, { message: `The local X-Ray does not know ${request.method} ${request.url}.` });
      return;
    }
    const { TraceSegmentDocuments = [] } = JSON.parse((await text(request)) || "{}");
    for (const document of TraceSegmentDocuments as string[]) segments.add(JSON.parse(document) as Segment);
    reply(200, { UnprocessedTraceSegments: [] });
  });
}
