import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** A request, as far as it matters to a function. */
export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly jobId?: string;
  readonly batchId?: string;
  /** Text, bytes (which the gateway hands over as base64), or anything else as JSON. */
  readonly body?: unknown;
  readonly authorizer?: unknown;
}

const requestId = "JKJaXmPLvHcESHA=";

/** An event as API Gateway's HTTP API sends it, payload format 2.0. */
export function httpEvent({
  method = "GET",
  headers = {},
  query,
  jobId,
  batchId,
  body,
  authorizer,
}: Call): APIGatewayProxyEventV2 {
  const isBytes = body instanceof Uint8Array;
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const rawQueryString = query ? new URLSearchParams(query).toString() : "";
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: "/",
    rawQueryString,
    headers: hasType || body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    ...(query ? { queryStringParameters: query } : {}),
    ...(jobId === undefined ? {} : { pathParameters: { jobId } }),
    ...(batchId === undefined ? {} : { pathParameters: { batchId } }),
    requestContext: {
      accountId: "000000000000",
      apiId: "test",
      domainName: "test",
      domainPrefix: "test",
      http: { method, path: "/", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test" },
      requestId,
      routeKey: "$default",
      stage: "$default",
      time: "23/Nov/2026:12:00:00 +0000",
      timeEpoch: Date.now(),
      ...(authorizer === undefined ? {} : { authorizer }),
    } as APIGatewayProxyEventV2["requestContext"],
    ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body).toString("base64") : text }),
    isBase64Encoded: isBytes,
  };
}
