import type { Plan } from "@sluice/compute";
import { demand } from "@sluice/compute/model/demand";
import { leastJsonLength } from "@sluice/contract/array-json";
import type { Route } from "@sluice/contract/job";
import { maxJsonResultBytes } from "@sluice/contract/limits";
import { lanes } from "../lanes/table.ts";
import type { Settings } from "../settings.ts";
import { limits } from "../timing.ts";
import { jobUsd } from "./bill.ts";
import { lambdaVcpu } from "./machines.ts";
import { neededMiB, rounded } from "./route.ts";

/** The text of a request and of its answer, each of up to 5 MiB, with the copies that are made of them. */
const edgeMiB = 64;

/**
 * The route of a job that submit computes itself, on its own machine: docs/adr/0033-express.md. Pure.
 *
 * @param ordinary what `route` says of the plan
 * @returns undefined when the job is too large, too long, of another lane, or express is off
 */
export function expressRoute(plan: Plan, ordinary: Route, settings: Settings): Route | undefined {
  const { target } = ordinary;
  const { launch, profile } = lanes[target];
  if (!settings.express || launch !== "inline") return undefined;
  const memoryMiB = settings.submitMemoryMiB;
  const vcpu = lambdaVcpu(memoryMiB);
  const { seconds, peakBytes } = demand(plan, profile, vcpu);
  const needed = neededMiB(peakBytes) + edgeMiB;
  const jsonBytes = Object.values(plan.outputs).reduce((sum, output) => sum + leastJsonLength(output), 0);
  if (seconds >= limits.blockingSeconds || needed > memoryMiB || jsonBytes > maxJsonResultBytes)
    return undefined;
  const usd = jobUsd(plan, [{ target, memoryMiB, vcpu, seconds, atOnce: true }]);
  return {
    target,
    reason: `predicted ${rounded(seconds)} s and ${needed} MiB: answered at once by the function that took the request`,
    memoryMiB,
    vcpu: rounded(vcpu),
    estimate: { flops: plan.flops, peakBytes, seconds, usd },
  };
}

/** The route of such a job when it runs once more: behind the queue, like others. */
export function afterExpress(route: Route, settings: Settings): Route {
  const [shape] = lanes[route.target].shapes(settings);
  const seconds = rounded(route.estimate.seconds);
  return { ...route, ...shape, reason: `predicted ${seconds} s: answered at once before, and run again` };
}
