import { type BatchBody, batchArrayPlaces, batchBody } from "@sluice/contract/batch";
import { validate } from "@sluice/contract/validate";
import { boundedBody } from "../middleware/bounded-body.ts";
import { matrixBody } from "../middleware/matrix-body.ts";
import type { BodyReader } from "./endpoint.ts";
import { requireKnown } from "./query.ts";
import { requireJson } from "./validated.ts";

/** The body of a batch: JSON, its arrays read straight from the bytes where they are large. Its jobs are not checked here. */
export const batchReader: BodyReader<BatchBody> = {
  middlewares: () => [requireJson, boundedBody(), matrixBody(batchArrayPlaces)],
  read({ body, queryStringParameters }) {
    requireKnown(queryStringParameters, []);
    return validate(batchBody, body);
  },
};
