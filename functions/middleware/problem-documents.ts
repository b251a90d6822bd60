import type { MiddlewareObj } from "@middy/core";
import { whyMalformed } from "@sluice/compute/json/malformed";
import { resultTypes } from "@sluice/contract/job";
import { Problem, type ProblemDocument, problemDocument } from "@sluice/contract/problem";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { logger } from "../../aws/telemetry/log.ts";
import { NewerRecord } from "../../jobs/record.ts";
import { malformedJson } from "./body-problems.ts";
import type { RawBodyEvent } from "./bounded-body.ts";

/**
 * Renders whatever a handler threw. A Problem is the caller's to read; anything else is ours: the log
 * gets all of it, the caller a request id to quote.
 */
export function problemDocuments(): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    onError: ({ error, event, context, response }) => {
      if (response) return response;
      const problem = problemOf(error, event);
      if (problem) return problemResponse(problemDocument(problem));
      const requestId = event.requestContext?.requestId ?? context.awsRequestId;
      const jobId = event.pathParameters?.jobId;
      logger().error("request failed", { requestId, ...(jobId ? { jobId } : {}), error });
      const detail = `the request could not be handled; quote request ${requestId}`;
      return problemResponse(problemDocument(new Problem("internal-error", detail)));
    },
  };
}

function problemResponse(document: ProblemDocument): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: document.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    body: JSON.stringify(document),
  };
}

/** Middy's own errors carry the package that threw them and what it saw. */
interface MiddyError extends Error {
  readonly cause?: { readonly package?: string; readonly message?: string };
}

function problemOf(error: unknown, event: Partial<RawBodyEvent>): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof NewerRecord) {
    return new Problem(
      "later-release",
      "the service was rolled back; the job goes on once it is updated again",
    );
  }
  const { cause } = error as MiddyError;
  if (cause?.package === "@middy/http-json-body-parser") {
    // A `__proto__` key is JSON, and refused all the same.
    const why = event.rawBody && whyMalformed(event.rawBody);
    return malformedJson(why ?? cause.message ?? "it is empty");
  }
  if (cause?.package === "@middy/http-content-negotiation") {
    const expected = `one of ${resultTypes.join(", ")}`;
    return new Problem("not-acceptable", `accept: expected ${expected}`, { field: "accept", expected });
  }
  return undefined;
}
