import type { ProblemDocument } from "@sluice/contract/problem";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { memoryWorld, type World } from "../jobs/memory-ports.ts";

/**
 * A stage in memory, and API Gateway's side of a call. Test files put its parts in place of aws/'s
 * ports.ts, config.ts and log.ts with `vi.mock`.
 */
export const stage: {
  world: World;
  auth: "iam" | "jwt" | "none";
  alarms: boolean;
} = { world: memoryWorld(), auth: "none", alarms: false };

export function freshStage(auth: "iam" | "jwt" | "none" = "none"): World {
  stage.world = memoryWorld();
  stage.auth = auth;
  stage.alarms = false;
  return stage.world;
}

export const portsOfStage = () => ({ ports: () => stage.world.ports });
export const logOfStage = () => ({ logger: () => stage.world.ports.log });

export const configOfStage = () => ({
  config: () => ({ auth: stage.auth, alarms: stage.alarms, stage: "test" }),
  stageName: () => "test",
  traceOfInvocation: () => undefined,
});

export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly jobId?: string;
  /** Text, bytes (which the gateway hands over as base64), or anything else as JSON. */
  readonly body?: unknown;
  readonly authorizer?: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON came.
  readonly body: any;
  readonly text: string;
  /** What the gateway sends. */
  readonly bytes: Buffer;
}

const requestId = "JKJaXmPLvHcESHA=";

/** An event as API Gateway's HTTP API sends it, payload format 2.0. */
export function httpEvent({
  method = "GET",
  headers = {},
  query,
  jobId,
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

export function lambdaContext(remainingMs = 29_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: "test",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:test",
    memoryLimitInMB: "1769",
    awsRequestId: "aws-request",
    logGroupName: "g",
    logStreamName: "s",
    getRemainingTimeInMillis: () => remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: every handler has its own event type; the gateway has one.
type Handler = (event: any, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** Calls a function as the gateway does. */
export async function call(handler: Handler, what: Call = {}): Promise<Reply> {
  const { statusCode, headers, body, isBase64Encoded } = await handler(httpEvent(what), lambdaContext());
  const text = String(body ?? "");
  const isJson = /json/.test(String(headers?.["content-type"]));
  return {
    status: statusCode ?? 0,
    headers: headers ?? {},
    text,
    bytes: Buffer.from(text, isBase64Encoded ? "base64" : "utf8"),
    body: text === "" || !isJson ? undefined : JSON.parse(text),
  };
}

/** Every word of RFC 9457 that ours have, and the old clients' `error`. */
export function isProblem({ status, headers, body }: Reply): boolean {
  const document = body as ProblemDocument;
  return (
    headers["content-type"] === "application/problem+json" &&
    headers["cache-control"] === "no-store" &&
    document.status === status &&
    document.type === `urn:sluice:problem:${document.code}` &&
    document.title.length > 0 &&
    document.detail.length > 0 &&
    document.error === document.detail
  );
}
