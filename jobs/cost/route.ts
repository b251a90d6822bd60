import type { Plan } from "@sluice/compute";
import { profiles } from "@sluice/compute/engines/profiles";
import { type Demand, demand } from "@sluice/compute/model/demand";
import type { Route, Target } from "@sluice/contract/job";
import { Problem } from "@sluice/contract/problem";
import type { Settings } from "../settings.ts";
import { attemptBill, jobUsd, totalUsd } from "./bill.ts";
import { attemptUsd, type FargateShape, fargate, fargateShapes, lambdaVcpu } from "./machines.ts";

const MiB = 1024 * 1024;

/** Node, the SDK and the bundle: 95–130 MiB measured idle, twice that under load. */
const runtimeMiB = 256;
/** What computes in each lane. The image has OpenBLAS; a local task without it runs on wasm, in no more memory but longer. */
const laneProfiles = { lambda: profiles.wasm, fargate: profiles.native } as const;
/** Arrays and scratch are what `demand()` counts; copies at the edges and the collector's slack come on top. */
const headroom = 1.2;
/** Native's demand is at most so many times wasm's wherever it exceeds the smallest task. */
const mostOnTask = 2;
/** A Lambda attempt must end well before the 120 s time-out, even when the prediction is half off. */
const lambdaCeilingSeconds = 60;
/** Above this, a larger task is chosen if it is faster; it is the patience of a person, not a limit. */
const timeGoalSeconds = 300;

/** Memory a machine must have for a demand of so many bytes, in MiB. */
export function neededMiB(peakBytes: number): number {
  return Math.ceil((peakBytes * headroom) / MiB) + runtimeMiB;
}

/**
 * Decides where a job runs: Lambda when it fits and is predicted under the break-even with Fargate,
 * else the cheapest Fargate shape that fits and meets the time goal. Pure.
 *
 * @throws Problem `cannot-fit`, or `fargate-not-deployed` when only Fargate would do and the stage has none
 */
export function route(plan: Plan, requested: Target | "auto", settings: Settings): Route {
  const onLambda = lambdaRoute(plan, settings);
  if (requested === "lambda") {
    if (!onLambda.fits) throw cannotFit(`target lambda: ${onLambda.why}`);
    return { ...onLambda.route, reason: `asked for; ${onLambda.route.reason}` };
  }
  if (requested === "auto" && onLambda.fits && onLambda.worthIt) return onLambda.route;
  if (!settings.fargate) {
    if (requested === "auto" && onLambda.fits) return onLambda.route;
    const why = requested === "fargate" ? "target fargate was asked for" : onLambda.why;
    throw new Problem("fargate-not-deployed", `${why}, and this stage was deployed without Fargate`, {
      field: "target",
    });
  }
  const reason = requested === "fargate" ? "asked for" : onLambda.why;
  return fargateRoute(plan, settings, reason);
}

/** The larger task for a job that ran out of memory, or undefined when it had the largest. */
export function oneSizeUp(current: Route, settings: Settings): Route | undefined {
  // Half as much again, if there is such a size: one GiB more would only die a little later.
  const wanted = current.memoryMiB * 1.5;
  const larger = allowedShapes(settings).filter(
    ({ memoryMiB, vcpu }) => memoryMiB > current.memoryMiB && vcpu >= current.vcpu,
  );
  const shape = larger.find(({ memoryMiB }) => memoryMiB >= wanted) ?? larger.at(-1);
  if (!shape) return undefined;
  return onShape(current, shape, `ran out of memory with ${current.memoryMiB} MiB, so one size up`);
}

/**
 * The Fargate route of a job that Lambda could not finish; seconds as predicted before. A record holds what the
 * Lambda's engine needs; the task's may hold twice as much, as OpenBLAS's LU does, which turns a copy around.
 */
export function escalated(current: Route, settings: Settings, reason: string): Route | undefined {
  const shapes = allowedShapes(settings).filter(({ vcpu }) => vcpu >= 1);
  const least = Math.max(neededMiB(current.estimate.peakBytes), current.memoryMiB);
  const peakBytes = mostOnTask * current.estimate.peakBytes;
  const needed = Math.max(Math.ceil(peakBytes / MiB) + runtimeMiB, least);
  // A stage without so large a task starts the largest that Lambda's own demand fits: most jobs need no more.
  const shape =
    shapes.find(({ memoryMiB }) => memoryMiB >= needed) ??
    shapes.findLast(({ memoryMiB }) => memoryMiB >= least);
  return shape && onShape({ ...current, estimate: { ...current.estimate, peakBytes } }, shape, reason);
}

/** A smaller shape for an account that may not start the current one, if the job fits it. */
export function oneSizeDown(current: Route, settings: Settings): Route | undefined {
  const needed = neededMiB(current.estimate.peakBytes);
  const smaller = allowedShapes(settings).filter(
    ({ memoryMiB, vcpu }) => memoryMiB >= needed && vcpu < current.vcpu,
  );
  const vcpu = Math.max(...smaller.map((shape) => shape.vcpu));
  const nearest = smaller.filter((shape) => shape.vcpu === vcpu);
  // As much memory as it had, if this many vCPUs may have it: it may have grown out of a smaller one.
  const shape = nearest.find(({ memoryMiB }) => memoryMiB >= current.memoryMiB) ?? nearest.at(-1);
  return shape && onShape(current, shape, `${current.vcpu} vCPU is above the account's limit`);
}

function lambdaRoute(plan: Plan, settings: Settings) {
  const memoryMiB = settings.workMemoryMiB;
  const vcpu = lambdaVcpu(memoryMiB);
  const asked = demand(plan, laneProfiles.lambda, vcpu);
  const { seconds } = asked;
  const needed = neededMiB(asked.peakBytes);
  const breakEven = breakEvenSeconds(memoryMiB);
  const usd = jobUsd(plan, [{ target: "lambda", memoryMiB, vcpu, seconds }]);
  const limit = settings.fargate ? Math.min(breakEven, lambdaCeilingSeconds) : lambdaCeilingSeconds;
  let why = "";
  if (needed > memoryMiB) why = `needs ${needed} MiB, more than the Lambda's ${memoryMiB} MiB`;
  else if (seconds > lambdaCeilingSeconds) {
    why = `predicted ${round(seconds)} s on Lambda, above its ${lambdaCeilingSeconds} s`;
  } else if (seconds > limit) {
    why = `predicted ${round(seconds)} s on Lambda, where Fargate is cheaper from ${round(breakEven)} s on`;
  }
  const reason = `predicted ${round(seconds)} s and ${needed} MiB: fits Lambda, and Fargate would bill at least ${fargate.minimumBilledSeconds} s`;
  return {
    fits: needed <= memoryMiB && seconds <= lambdaCeilingSeconds,
    worthIt: seconds <= limit,
    why,
    route: { target: "lambda", reason, memoryMiB, vcpu: round(vcpu), estimate: estimate(plan, asked, usd) },
  } as const;
}

/** Seconds at which Lambda costs as much as Fargate's minimum bill on the smallest whole-vCPU task. */
function breakEvenSeconds(memoryMiB: number): number {
  const minimumBill = attemptUsd("fargate", { vcpu: 1, memoryMiB: 2048 }, 0);
  return minimumBill / attemptUsd("lambda", { vcpu: 1, memoryMiB }, 1);
}

function fargateRoute(plan: Plan, settings: Settings, reason: string): Route {
  const priced = allowedShapes(settings)
    .filter(({ vcpu }) => vcpu >= 1)
    .map((shape) => {
      const asked = demand(plan, laneProfiles.fargate, shape.vcpu);
      return { shape, asked, usd: attemptUsd("fargate", shape, asked.seconds) };
    });
  const fitting = priced.filter(({ shape, asked }) => shape.memoryMiB >= neededMiB(asked.peakBytes));
  const quickest = Math.min(...fitting.map(({ asked }) => asked.seconds));
  // Twice the vCPUs for less than twice the price: a larger task may be the cheaper one.
  const [chosen] = fitting
    .filter(({ asked }) => asked.seconds <= Math.max(timeGoalSeconds, quickest))
    .sort((one, other) => one.usd - other.usd);
  if (!chosen) {
    const needed = Math.min(...priced.map(({ asked }) => neededMiB(asked.peakBytes)));
    throw cannotFit(
      `the job needs ${needed} MiB, more than any task of up to ${settings.maxTaskVcpu} vCPU this stage may start`,
    );
  }
  const { shape, asked } = chosen;
  const usd = jobUsd(plan, [{ target: "fargate", ...shape, seconds: asked.seconds }]);
  return {
    target: "fargate",
    reason: `${reason}; the cheapest task that fits has ${shape.vcpu} vCPU and ${shape.memoryMiB} MiB`,
    memoryMiB: shape.memoryMiB,
    vcpu: shape.vcpu,
    estimate: estimate(plan, asked, usd),
  };
}

function onShape(current: Route, shape: FargateShape, reason: string): Route {
  const { seconds, usd: before } = current.estimate;
  // Only the machine is another: what the arrays and the job itself cost is in the old estimate.
  const usd =
    before -
    totalUsd(attemptBill({ ...current, seconds })) +
    totalUsd(attemptBill({ target: "fargate", ...shape, seconds }));
  return {
    target: "fargate",
    reason: `${reason}; now ${shape.vcpu} vCPU and ${shape.memoryMiB} MiB`,
    memoryMiB: shape.memoryMiB,
    vcpu: shape.vcpu,
    estimate: { ...current.estimate, usd },
  };
}

function allowedShapes(settings: Settings): readonly FargateShape[] {
  return fargateShapes.filter(({ vcpu }) => vcpu <= settings.maxTaskVcpu);
}

function estimate({ flops }: Plan, { peakBytes, seconds }: Demand, usd: number): Route["estimate"] {
  return { flops, peakBytes, seconds, usd };
}

function cannotFit(detail: string): Problem {
  return new Problem("cannot-fit", detail, { field: "target" });
}

/** Two significant digits are what a prediction is worth. */
function round(value: number): number {
  return Number(value.toPrecision(2));
}
