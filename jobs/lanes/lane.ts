import type { EngineProfile } from "@sluice/compute/engines/profiles";
import type { Target } from "@sluice/contract/job";
import type { ProblemCode } from "@sluice/contract/problem";
import type { Bill } from "../cost/bill-items.ts";
import type { Shape } from "../cost/machines.ts";
import type { Settings } from "../settings.ts";
import type { Measures } from "../telemetry.ts";

/**
 * One way to run a job. Every question that the domain has about a lane is a field here, so that no other file
 * compares a target with a name. `launch`, `stop` and `end` are words for things that are done elsewhere, by a
 * `Record` over those words: a new word does not compile until somebody does it.
 */
export interface Lane {
  /** What the engine that computes here needs, and how fast it is: `demand(plan, profile, vcpu)` prices a plan by it. */
  readonly profile: EngineProfile;
  /** Sizes of machine that a stage offers here, cheapest first. */
  readonly shapes: (settings: Settings) => readonly Shape[];
  /** Why a stage does not have this lane, as the caller reads it; undefined when it has. */
  readonly absent: (
    settings: Settings,
  ) => { readonly code: ProblemCode; readonly detail: string } | undefined;
  /** Where a job goes on that needs more than its machine here gave: this lane again, or another. */
  readonly growsOn: Target;

  /** `inline`: the function that receives the message runs the job. `run-task`: it asks ECS for a task that does. */
  readonly launch: "inline" | "run-task";
  /** `by-itself`: nothing outside can stop it, but it looks at its record every second. `stop-task`: ECS can, too. */
  readonly stop: "by-itself" | "stop-task";
  /** Who knows that an attempt died. `lease`: nobody, so the end of its lease is its end. `ecs`: ECS, which is asked. */
  readonly end: "lease" | "ecs";
  /** Milliseconds that a worker may be silent. */
  readonly lease: number;
  /** Whether a short computation may block the thread that renews the lease. */
  readonly mayBlock: boolean;
  /** What is said of an attempt whose lease ended and of which nothing else is known. */
  readonly wentQuiet: string;

  /** vCPUs of an attempt on a machine of this size, unrounded, as it is billed. */
  readonly vcpu: (shape: Shape) => number;
  /** Dollars of a machine that computed for `seconds`; `callsAround` comes on top. */
  readonly usd: (shape: Shape, seconds: number) => number;
  /** What every attempt asks of AWS beside its machine: messages, invocations, calls, log. */
  readonly callsAround: Bill;
  /** The metric that sums the dollars of its machines. What no other lane's metric holds is in `LambdaUsd`. */
  readonly usdMetric: Extract<keyof Measures, `${string}Usd`>;
}
