import { defaultOperation } from "@sluice/compute";
import { maxIdempotencyKeyLength } from "@sluice/contract/limits";
import { Problem } from "@sluice/contract/problem";
import type { PlanBody, SubmitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import type * as z from "zod";
import { sha256 } from "../../jobs/ids.ts";
import type { Idempotency } from "../../jobs/submit/submit.ts";
import { boundedBody, isNpy } from "../middleware/bounded-body.ts";
import { matrixBody } from "../middleware/matrix-body.ts";
import type { BodyEvent, BodyReader } from "./endpoint.ts";
import { requireKnown } from "./query.ts";

/** The body of a submit or a plan, from JSON or from a raw `.npy` with its operation and params in the query. */
export function submissionReader<Body extends SubmitBody | PlanBody>(
  schema: z.ZodType<Body>,
): BodyReader<Body> {
  return {
    middlewares: () => [boundedBody(), matrixBody()],
    read(event) {
      const query = event.queryStringParameters ?? {};
      if (!isNpy(event)) {
        requireKnown(query, []);
        return validate(schema, event.body);
      }
      requireKnown(query, ["operation", "params"]);
      const { operation = defaultOperation, params = "{}" } = query;
      const body = validate(schema, { operation, params: parsedParams(params) });
      return { ...body, inputs: { a: { npy: event.rawBody } } };
    },
  };
}

function parsedParams(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("invalid-params", "params: expected JSON in the query", {
      field: "params",
      expected: "JSON",
    });
  }
}

/** Two requests are the same when their bytes, JSON or `.npy`, their query and their Idempotency-Key are. */
export function idempotencyOf(event: BodyEvent): Idempotency {
  const { rawBody, headers, rawQueryString } = event;
  const type = isNpy(event) ? "application/x-npy" : "application/json";
  const requestHash = sha256(type, rawQueryString ?? "", rawBody);
  const idempotencyKey = headers["idempotency-key"];
  if (idempotencyKey === undefined) return { requestHash };
  const { length } = idempotencyKey;
  if (length >= 1 && length <= maxIdempotencyKeyLength) return { requestHash, idempotencyKey };
  const expected = `1 to ${maxIdempotencyKeyLength} characters`;
  throw new Problem("bad-request", `Idempotency-Key: expected ${expected}, got ${length}`, {
    field: "Idempotency-Key",
    expected,
    got: String(length),
  });
}
