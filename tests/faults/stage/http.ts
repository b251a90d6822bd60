import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Invocation } from "../../../local/lambda/function.ts";
import type { Service } from "../../../local/service.ts";

/** One `httpApi` event of serverless.yml. */
export interface Route {
  readonly key: string;
  readonly method: string;
  /** `/jobs/{jobId}` */
  readonly path: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the answer should hold and fails if it does not
  readonly body: any;
}

/** The routes of a service, which it then no longer has: without them its functions are like all others. */
export function takeRoutes({ functions }: Service): Route[] {
  return Object.entries(functions).flatMap(([key, definition]) => {
    const events = definition.events ?? [];
    definition.events = events.filter(({ httpApi }) => httpApi === undefined);
    return events.flatMap(({ httpApi }) => (httpApi ? [{ key, ...(httpApi as Omit<Route, "key">) }] : []));
  });
}

function parametersOf(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split("/");
  const actual = path.split("/");
  if (expected.length !== actual.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const value = decodeURIComponent(actual[index] ?? "");
    if (part.startsWith("{")) parameters[part.slice(1, -1)] = value;
    else if (part !== value) return undefined;
  }
  return parameters;
}

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The function a request is for, and the event (payload format 2.0) that API Gateway makes of it. */
export function gatewayEvent(routes: readonly Route[], { method, url, body, headers = {} }: Request) {
  const { pathname, search, searchParams } = new URL(url, "http://stage");
  for (const route of routes) {
    const pathParameters = route.method === method && parametersOf(route.path, pathname);
    if (!pathParameters) continue;
    const isBinary = body instanceof Uint8Array;
    const text = isBinary ? Buffer.from(body).toString("base64") : JSON.stringify(body);
    const event = {
      version: "2.0",
      routeKey: `${method} ${route.path}`,
      rawPath: pathname,
      rawQueryString: search.slice(1),
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(search === "" ? {} : { queryStringParameters: Object.fromEntries(searchParams) }),
      pathParameters,
      requestContext: {
        accountId: "000000000000",
        apiId: "stage",
        domainName: "stage",
        domainPrefix: "stage",
        requestId: randomUUID(),
        routeKey: `${method} ${route.path}`,
        stage: "$default",
        time: new Date().toISOString(),
        timeEpoch: Date.now(),
        http: { method, path: pathname, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "stage" },
      },
      ...(body === undefined ? {} : { body: text }),
      isBase64Encoded: isBinary,
    } satisfies APIGatewayProxyEventV2;
    return { key: route.key, event };
  }
  throw new Error(`no function is behind ${method} ${pathname}`);
}

/** What the caller sees of a function's answer; of one that threw, what the gateway says. */
export function answerOf({ payload, functionError }: Invocation): Answer {
  if (functionError) return { status: 500, headers: {}, body: { message: "Internal Server Error" } };
  const result = JSON.parse(payload) as APIGatewayProxyStructuredResultV2;
  const { statusCode = 200, headers = {}, body = "", isBase64Encoded = false } = result;
  const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
  const isJson = text !== "" && /json/.test(String(headers["content-type"]));
  return { status: statusCode, headers, body: isJson ? JSON.parse(text) : text };
}
