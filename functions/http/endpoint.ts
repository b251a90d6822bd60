import middy, { type MiddyfiedHandler } from "@middy/core";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import httpJsonBodyParser from "@middy/http-json-body-parser";
import { stringify } from "@sluice/compute/json/json-text";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { boundedBody, type RawBodyEvent, textBody } from "../middleware/bounded-body.ts";
import { matrixBody } from "../middleware/matrix-body.ts";
import { problemDocuments } from "../middleware/problem-documents.ts";

type Response = APIGatewayProxyStructuredResultV2;

/** An event whose JSON body is parsed: `body` is the value, or "" for a `.npy` body. */
export type BodyEvent = Omit<RawBodyEvent, "body"> & { body: unknown };

/** What every HTTP handler stands on: lower-case headers in, problem documents out. */
export function api(): MiddyfiedHandler<APIGatewayProxyEventV2, Response> {
  const handler = middy<APIGatewayProxyEventV2, Response>();
  handler.use(problemDocuments());
  handler.use(httpHeaderNormalizer());
  return handler;
}

/** `api()` for requests with a small JSON body, bounded before it is parsed. */
export function apiWithJson(): MiddyfiedHandler<BodyEvent, Response> {
  return withBody(textBody(), httpJsonBodyParser());
}

/** `api()` for requests that bring matrices, as JSON or `.npy`. */
export function apiWithMatrix(): MiddyfiedHandler<BodyEvent, Response> {
  return withBody(matrixBody());
}

function withBody(...parsers: object[]): MiddyfiedHandler<BodyEvent, Response> {
  // Middy types each middleware by the event it leaves behind; here the body changes type twice.
  const handler = api() as unknown as MiddyfiedHandler<RawBodyEvent, Response>;
  handler.use(boundedBody());
  for (const parser of parsers) handler.use(parser);
  return handler as unknown as MiddyfiedHandler<BodyEvent, Response>;
}

export function json(statusCode: number, body: unknown, headers: Record<string, string> = {}): Response {
  return {
    statusCode,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: stringify(body),
  };
}
