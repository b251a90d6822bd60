import httpJsonBodyParser from "@middy/http-json-body-parser";
import { validate } from "@sluice/contract/validate";
import type * as z from "zod";
import { boundedBody, textBody } from "../middleware/bounded-body.ts";
import type { BodyEvent, BodyReader } from "./endpoint.ts";
import { requireKnown } from "./query.ts";

/** A query, checked against a schema. */
export function queryOf<Schema extends z.ZodType>(schema: Schema): (event: BodyEvent) => z.output<Schema> {
  return (event) => validate(schema, event.queryStringParameters ?? {});
}

/** A small JSON body, bounded before it is parsed, checked against a schema; and no query. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema): BodyReader<z.output<Schema>> {
  return {
    middlewares: () => [boundedBody(), textBody(), httpJsonBodyParser()],
    read({ body, queryStringParameters }) {
      requireKnown(queryStringParameters, []);
      return validate(schema, body);
    },
  };
}
