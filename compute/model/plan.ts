import { Problem } from "@sluice/contract/problem";
import { checkInputs } from "../operations/input-checks.ts";
import type { Specs } from "./operation.ts";
import { type Params, parseParams } from "./parse-params.ts";
import { findOperation } from "./registry.ts";
import { checkSpecs, emptySteps } from "./spec-limits.ts";
import type { PlanStep } from "./steps.ts";

/** What a job is before it runs, whichever engine will run it. */
export interface Plan {
  /** Its own name, whichever of its aliases it was found by. */
  readonly operation: string;
  /** Validated, with defaults and what the shapes decide filled in; a null seed stays null. */
  readonly params: Params;
  readonly inputs: Specs;
  readonly outputs: Specs;
  /** In the order in which they run; what `demand()` prices. */
  readonly steps: readonly PlanStep[];
  readonly flops: number;
  /** Most bytes of arrays alive at once: inputs, intermediates and outputs. What an engine holds besides: `demand()`. */
  readonly liveBytes: number;
}

/**
 * Validates a job and says its steps and which arrays are alive in each. Pure: shapes and dtypes in, no data, no engine and no environment.
 * @throws Problem unknown-operation, invalid-params, invalid-shape
 */
export function plan(operation: string, params: unknown, inputs: Specs): Plan {
  const found = findOperation(operation);
  const parsed = parseParams(found.params(), params);
  if (found.anyInputs === undefined) checkInputs(found, inputs);
  const { params: settled, outputs, steps: ownSteps } = found.plan(parsed, inputs);
  const steps = [...ownSteps, ...emptySteps([...Object.values(inputs), ...Object.values(outputs)])];
  const flops = steps.reduce((total, { flops: own, times = 1 }) => total + own * times, 0);
  const liveBytes = steps.reduce((most, { live }) => Math.max(most, live), 0);
  requireExact("flops", flops);
  requireExact("bytes of memory", liveBytes);
  checkSpecs("inputs", inputs);
  checkSpecs("outputs", outputs);
  return { operation: found.name, params: settled, inputs, outputs, steps, flops, liveBytes };
}

/** Products of huge extents stop being exact integers beyond 2^53: no such job can run anyway. */
function requireExact(what: string, amount: number): void {
  if (amount <= Number.MAX_SAFE_INTEGER) return;
  throw new Problem(
    "invalid-shape",
    `The job would take ${amount.toPrecision(3)} ${what}: no machine can run it.`,
    {
      field: "inputs",
      expected: `fewer than 2^53 ${what}`,
      got: amount.toPrecision(3),
    },
  );
}
