import type { DenseArray } from "@sluice/contract/array";
import { reference } from "./engines/reference/index.ts";
import type { Arrays, Operands } from "./operation.ts";
import { plan } from "./plan.ts";
import { trackProgress } from "./progress.ts";
import { random } from "./random/index.ts";
import { findOperation } from "./registry.ts";

export interface RunContext {
  /** Told the finished fraction of the whole job, rising from 0 to 1; at most some hundred times. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Runs one operation to its end on the calling thread. Params must be complete (`completeParams`). Random
 * operands are made here, where it may take its time.
 * @throws Problem as `plan()` does
 */
export function run(
  operation: string,
  params: unknown,
  operands: Operands,
  context: RunContext = {},
): Arrays {
  const { steps, params: settled } = plan(operation, params, operands);
  const engine = reference.open(trackProgress(steps, context.onProgress));
  const made = Object.entries(operands).map(([name, operand]): [string, DenseArray] => [
    name,
    "data" in operand ? operand : random(operand),
  ]);
  return findOperation(operation).run(settled, Object.fromEntries(made), engine);
}
