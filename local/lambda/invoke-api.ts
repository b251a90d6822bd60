import http from "node:http";
import { text } from "node:stream/consumers";
import type { EnvironmentPool } from "./pool.ts";

const route = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's Invoke, so that AWS_ENDPOINT_URL_LAMBDA works. Answers by function name or ARN. */
export function createInvokeApi(pools: ReadonlyMap<string, EnvironmentPool>): http.Server {
  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const [, wanted = ""] = route.exec(request.url ?? "") ?? [];
    const name = decodeURIComponent(wanted).split(":").at(-1) ?? "";
    const pool = pools.get(name);
    if (!pool) {
      const body = { Type: "User", Message: `Function not found: ${name}` };
      response
        .writeHead(404, {
          "content-type": "application/json",
          "x-amzn-errortype": "ResourceNotFoundException",
        })
        .end(JSON.stringify(body));
      return;
    }
    const payload = await text(request);
    const invocation = pool.invoke(payload === "" ? {} : JSON.parse(payload));
    if (request.headers["x-amz-invocation-type"] === "Event") {
      response.writeHead(202).end();
      return;
    }
    const { functionError, payload: answer } = await invocation;
    response
      .writeHead(200, {
        "content-type": "application/json",
        "x-amz-executed-version": "$LATEST",
        ...(functionError ? { "x-amz-function-error": functionError } : {}),
      })
      .end(answer);
  };
  return http.createServer((request, response) => {
    serve(request, response).catch((error: Error) => {
      response
        .writeHead(400, {
          "content-type": "application/json",
          "x-amzn-errortype": "InvalidRequestContentException",
        })
        .end(JSON.stringify({ Type: "User", Message: error.message }));
    });
  });
}
