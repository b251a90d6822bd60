import { reference } from "./engines/reference/index.ts";
import type { Arrays } from "./operation.ts";
import { plan } from "./plan.ts";
import { trackProgress } from "./progress.ts";
import { findOperation } from "./registry.ts";

export interface RunContext {
  /** Told the finished fraction of the whole job, rising from 0 to 1; at most some hundred times. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Runs one operation to its end on the calling thread. Params must be complete (`completeParams`).
 * @throws Problem as `plan()` does
 */
export function run(operation: string, params: unknown, inputs: Arrays, context: RunContext = {}): Arrays {
  const { steps, params: settled } = plan(operation, params, inputs);
  const engine = reference.open(trackProgress(steps, context.onProgress));
  return findOperation(operation).run(settled, inputs, engine);
}
