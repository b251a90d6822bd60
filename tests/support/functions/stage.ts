import type { ProblemDocument } from "@sluice/contract/problem";
import type { APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { type Call, httpEvent } from "../../../acceptance/support/http-event.ts";
import { memoryWorld, type World } from "../jobs/memory-ports.ts";

export type { Call };

/**
 * A stage in memory, and API Gateway's side of a call. Test files put its parts in place of aws/'s
 * ports.ts, config.ts and log.ts with `vi.mock`.
 */
export const stage: {
  world: World;
  auth: "iam" | "jwt" | "none";
  alarms: boolean;
} = { world: memoryWorld(), auth: "none", alarms: false };

export function freshStage(
  auth: "iam" | "jwt" | "none" = "none",
  settings: Parameters<typeof memoryWorld>[0] = {},
): World {
  stage.world = memoryWorld(settings);
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

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON came.
  readonly body: any;
  readonly text: string;
  /** What the gateway sends. */
  readonly bytes: Buffer;
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
export type Handler = (event: any, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

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
