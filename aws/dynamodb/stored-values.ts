/** JSON values as DynamoDB can hold them. What it cannot hold it refuses, or changes, only when it is written. */

/** DynamoDB's numbers begin at 1e-130, and its levels end at 32: the record and its params are two of them. */
const leastNumber = 1e-130;
const mostLevels = 30;

/**
 * The value with a Map for each object that has a key `constructor`: the SDK's marshaller takes an object for one by
 * its `constructor`, which a caller's own key of that name hides.
 */
export function storable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, storable(inner)] as const);
  return Object.hasOwn(value, "constructor") ? new Map(entries) : Object.fromEntries(entries);
}

/**
 * Params as they are stored: a map, which the release before reads too, or JSON text where a map cannot hold them.
 * A release that knows no text fails such a job with `invalid-params`, and never computes with other params.
 */
export function storedParams(params: Record<string, unknown>): unknown {
  return fitsMap(params, mostLevels) ? storable(params) : JSON.stringify(params);
}

/** The params of a record, of this release or an earlier one. */
export function paramsOf(stored: unknown): Record<string, unknown> {
  return (typeof stored === "string" ? JSON.parse(stored) : stored) as Record<string, unknown>;
}

function fitsMap(value: unknown, levels: number): boolean {
  if (typeof value === "number") {
    const size = Math.abs(value);
    return size === 0 ? !Object.is(value, -0) : leastNumber <= size && size <= Number.MAX_SAFE_INTEGER;
  }
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => fitsMap(inner, levels - 1));
}
