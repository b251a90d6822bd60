import { type Params, parseParams } from "./parse-params.ts";
import { findOperation } from "./registry.ts";

/**
 * The params as they are recorded with a job: validated, defaults filled in, and a null seed
 * replaced by `freshSeed()` (a decimal string), so that running them again gives the same bytes.
 * What depends on shapes (`columns`) stays absent: `plan().params` has it.
 * @throws Problem unknown-operation, invalid-params
 */
export function completeParams(operation: string, params: unknown, freshSeed: () => string): Params {
  const complete = parseParams(findOperation(operation).params(), params);
  return complete.seed === null ? { ...complete, seed: freshSeed() } : complete;
}
