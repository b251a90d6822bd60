import { defaultOperation } from "@sluice/compute";
import { maxIdempotencyKeyLength } from "@sluice/contract/limits";
import { Problem } from "@sluice/contract/problem";
import { type SubmitBody, submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { sha256 } from "../../jobs/ids.ts";
import type { Idempotency } from "../../jobs/submit/submit.ts";
import { boundedBody, isNpy } from "../middleware/bounded-body.ts";
import { matrixBody } from "../middleware/matrix-body.ts";
import type { BodyEvent, BodyReader } from "./endpoint.ts";

/** The submit body, from JSON or from a raw `.npy` with its operation and params in the query. */
export const submitBodyReader: BodyReader<SubmitBody> = {
  middlewares: () => [boundedBody(), matrixBody()],
  read(event) {
    if (!isNpy(event)) return validate(submitBody, event.body);
    const { operation = defaultOperation, params = "{}", ...unknown } = event.queryStringParameters ?? {};
    const [surplus] = Object.keys(unknown);
    if (surplus !== undefined) {
      throw new Problem("unknown-field", `${surplus} is not a query parameter of this request`, {
        field: surplus,
      });
    }
    const body = validate(submitBody, { operation, params: parsedParams(params) });
    return { ...body, inputs: { a: { npy: event.rawBody } } };
  },
};

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

/** Two requests are the same when their bytes, their type, their query and their Idempotency-Key are. */
export function idempotencyOf({ rawBody, headers, rawQueryString }: BodyEvent): Idempotency {
  const requestHash = sha256(headers["content-type"] ?? "", rawQueryString ?? "", rawBody);
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
