import type { DenseArray } from "@sluice/contract/array";
import { chosenEngine } from "../engines/index.ts";
import type { Threads } from "../engines/threads.ts";
import { peakBytes } from "./demand.ts";
import type { OnFraction } from "./on-fraction.ts";
import type { Arrays, Operands } from "./operation.ts";
import { plan } from "./plan.ts";
import { trackProgress } from "./progress.ts";
import { findOperation } from "./registry.ts";

export interface RunContext {
  /** Told the finished fraction of the whole job, rising from 0 to 1; at most some hundred times. */
  readonly onProgress?: (fraction: number) => void;
  /** Nothing else runs on this thread: results may stay in the engine's memory, uncopied. */
  readonly threadEnds?: boolean;
  /** Others to share the work with. The bytes of the result do not depend on how many there are. */
  readonly threads?: Threads;
}

const untracked = () => () => {};

/**
 * Runs one operation to its end on the calling thread, which blocks. Params must be complete (`completeParams`). Random
 * operands are made here, where it may take its time.
 * @throws Problem as `plan()` does
 */
export function run(
  operation: string,
  params: unknown,
  operands: Operands,
  { onProgress, threadEnds, threads }: RunContext = {},
): Arrays {
  const planned = plan(operation, params, operands);
  const { profile, open } = chosenEngine();
  let nextStep: () => OnFraction = untracked;
  const engine = open(() => nextStep(), peakBytes(planned, profile), threads);
  const made = Object.entries(operands).map(([name, operand]): [string, DenseArray] => [
    name,
    "data" in operand ? operand : engine.random(operand),
  ]);
  // Making operands is none of the plan's steps.
  nextStep = trackProgress(planned.steps, profile, onProgress);
  const outputs = findOperation(operation).run(planned.params, Object.fromEntries(made), engine);
  return engine.finish(outputs, threadEnds);
}
