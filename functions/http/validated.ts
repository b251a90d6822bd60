import httpJsonBodyParser from "@middy/http-json-body-parser";
import { validate } from "@sluice/contract/validate";
import type * as z from "zod";
import { isJson, unsupportedMediaType } from "../middleware/body-problems.ts";
import { boundedBody, textBody } from "../middleware/bounded-body.ts";
import type { Middleware } from "./api.ts";
import type { BodyEvent, BodyReader } from "./endpoint.ts";
import { requireKnown } from "./query.ts";

/** A query, checked against a schema. */
export function queryOf<Schema extends z.ZodType>(schema: Schema): (event: BodyEvent) => z.output<Schema> {
  return (event) => validate(schema, event.queryStringParameters ?? {});
}

/** Refuses a body that does not say it is JSON. */
export const requireJson: Middleware = {
  before({ event }) {
    const type = event.headers["content-type"];
    if (!isJson(type)) throw unsupportedMediaType(type, "application/json");
  },
};

/** A small JSON body, bounded before it is parsed, checked against a schema; and no query. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema): BodyReader<z.output<Schema>> {
  return {
    // The parser knows fewer spellings of the type than POST /jobs takes.
    middlewares: () => [
      requireJson,
      boundedBody(),
      textBody(),
      httpJsonBodyParser({ disableContentTypeCheck: true }),
    ],
    read({ body, queryStringParameters }) {
      requireKnown(queryStringParameters, []);
      return validate(schema, body);
    },
  };
}
