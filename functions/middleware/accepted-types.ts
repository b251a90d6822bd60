import type { MiddlewareObj } from "@middy/core";
import httpContentNegotiation from "@middy/http-content-negotiation";
import { resultTypes } from "@sluice/contract/job";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/**
 * Puts the result types that `Accept` asks for, the preferred one first, into the context. A media type's own
 * parameters (`charset=utf-8`) ask for nothing that a result could have otherwise: they are left out, but for `q`.
 */
export function acceptedTypes(): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>[] {
  return [
    {
      before: ({ event }) => {
        const accept = withoutParameters(event.headers.accept ?? "");
        // A header that lists nothing prefers nothing.
        if (accept === "") delete event.headers.accept;
        else event.headers.accept = accept;
      },
    },
    httpContentNegotiation({
      parseLanguages: false,
      parseCharsets: false,
      parseEncodings: false,
      availableMediaTypes: [...resultTypes],
    }) as MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>,
  ];
}

/** Quoted values may hold a comma or a semicolon: they go first. */
function withoutParameters(accept: string): string {
  const ranges = accept.replaceAll(/"(?:[^"\\]|\\.)*"/g, "x").split(",");
  return ranges
    .map((range) => {
      const [type = "", ...parameters] = range.split(";");
      const quality = parameters.find((parameter) => /^\s*q\s*=/i.test(parameter));
      return quality === undefined ? type.trim() : `${type.trim()};${quality.trim()}`;
    })
    .filter((range) => range !== "")
    .join(", ");
}
