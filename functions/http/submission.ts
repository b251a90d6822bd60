import { defaultOperation } from "@sluice/compute";
import { maxIdempotencyKeyLength } from "@sluice/contract/limits";
import { Problem } from "@sluice/contract/problem";
import { type SubmitBody, submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { sha256 } from "../../jobs/ids.ts";
import { isNpy } from "../middleware/bounded-body.ts";
import type { BodyEvent } from "./endpoint.ts";

/** The submit body, from JSON or from a raw `.npy` with its operation and params in the query. */
export function submissionOf(event: BodyEvent): SubmitBody {
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

/** What makes two requests the same: their bytes, their type and their query. */
export function requestHash({ rawBody, headers, rawQueryString }: BodyEvent): string {
  return sha256(headers["content-type"] ?? "", rawQueryString ?? "", rawBody);
}

export function idempotencyKey(headers: BodyEvent["headers"]): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (key.length >= 1 && key.length <= maxIdempotencyKeyLength) return key;
  const expected = `1 to ${maxIdempotencyKeyLength} characters`;
  throw new Problem("bad-request", `Idempotency-Key: expected ${expected}, got ${key.length}`, {
    field: "Idempotency-Key",
    expected,
    got: String(key.length),
  });
}
