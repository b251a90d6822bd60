import middy, { type MiddlewareObj } from "@middy/core";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import { stringify } from "@sluice/compute/json/json-text";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { invocation } from "../invocation.ts";
import { problemDocuments } from "../middleware/problem-documents.ts";

type Response = APIGatewayProxyStructuredResultV2;

/** What a route answers: a JSON document, with status 200 unless it says otherwise; or a response as it stands. */
export type Answer =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly json: unknown }
  | Response;

// biome-ignore lint/suspicious/noExplicitAny: each middleware of a chain changes the type of the event.
export type Middleware = MiddlewareObj<any, any>;

/**
 * Wraps the handler of an HTTP route: headers arrive in lower case, errors leave as problem documents. Routes that
 * know neither owner nor job use it as it is, so that their bundles hold no AWS client. All others use `endpoint`.
 */
export function api(
  answer: (event: APIGatewayProxyEventV2, context: Context) => Answer | Promise<Answer>,
  middlewares: readonly Middleware[] = [],
): (event: APIGatewayProxyEventV2, context: Context) => Promise<Response> {
  const chain = middy<APIGatewayProxyEventV2, Response>();
  for (const middleware of [problemDocuments(), httpHeaderNormalizer(), ...middlewares])
    chain.use(middleware);
  return invocation(chain.handler(async (event, context) => responseOf(await answer(event, context))));
}

function responseOf(answer: Answer): Response {
  if (!("json" in answer)) return answer;
  const { status = 200, headers, json } = answer;
  return {
    statusCode: status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: stringify(json),
  };
}
