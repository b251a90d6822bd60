import type { MiddlewareObj } from "@middy/core";
import { parseJson } from "@sluice/compute/json/parse";
import { arrayPlaces } from "@sluice/contract/submit";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { isJson, malformedJson, unsupportedMediaType } from "./body-problems.ts";
import { isNpy, type RawBodyEvent } from "./bounded-body.ts";

/**
 * Parses a JSON body that holds matrices, large ones straight from the bytes into float64; leaves a `.npy` body
 * alone. @middy/http-json-body-parser calls a reviver for every number, to keep out `__proto__` keys: 72 ms
 * against 3 for 256×256. Here the schemas are strict, and refuse any key they do not know.
 *
 * @param places where the body may hold arrays
 */
export function matrixBody(
  places: typeof arrayPlaces = arrayPlaces,
): MiddlewareObj<RawBodyEvent, APIGatewayProxyStructuredResultV2> {
  return {
    before: ({ event }) => {
      if (isNpy(event)) return;
      const type = event.headers["content-type"];
      if (!isJson(type)) throw unsupportedMediaType(type, "application/json or application/x-npy");
      try {
        // The event that handlers see has a body of any type: functions/http/endpoint.ts.
        event.body = parseJson(event.rawBody, places) as string;
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw malformedJson(error.message);
      }
    },
  };
}
