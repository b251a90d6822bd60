import type { Plan } from "@sluice/compute";
import { type Demand, demand } from "@sluice/compute/model/demand";
import { type Route, type Target, targets } from "@sluice/contract/job";
import { Problem } from "@sluice/contract/problem";
import { lanes } from "../lanes/table.ts";
import type { Settings } from "../settings.ts";
import { attemptBill, jobUsd } from "./bill.ts";
import { totalUsd } from "./bill-items.ts";
import { fargate, lambdaVcpu, type Shape } from "./machines.ts";

const MiB = 1024 * 1024;

/** Node, the SDK and the bundle: 95–130 MiB measured idle, twice that under load. */
const runtimeMiB = 256;
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

/** What a lane says to a plan. */
interface Offer {
  /** Undefined when the plan does not fit. */
  readonly route?: Route;
  /** Why a job that may choose goes on to the next lane; undefined when it is best off here. */
  readonly goesOn?: string;
}

/** @throws Problem `cannot-fit` from the last lane: there is no other for the job to go on to */
type AskLane = (plan: Plan, settings: Settings) => Offer;

const offers: Readonly<Record<Target, AskLane>> = { lambda: lambdaOffer, fargate: fargateOffer };

/**
 * Decides where a job runs: on the lane that was asked for, else on the first, in the contract's order, where it
 * fits and is best off. That is Lambda while it is predicted under the break-even with Fargate, else the cheapest
 * Fargate shape that fits and meets the time goal. Pure.
 *
 * @throws Problem `cannot-fit`, or `fargate-not-deployed` when only Fargate would do and the stage has none
 */
export function route(plan: Plan, requested: Target | "auto", settings: Settings): Route {
  const asked = requested !== "auto";
  let reason = asked ? "asked for" : "";
  for (const target of asked ? [requested] : targets) {
    const absent = lanes[target].absent(settings);
    if (absent) {
      const why = asked ? `target ${target} was asked for` : reason;
      throw new Problem(absent.code, `${why}, and ${absent.detail}`, { field: "target" });
    }
    const { route: offered, goesOn } = offers[target](plan, settings);
    if (offered && (asked || goesOn === undefined)) {
      return { ...offered, reason: [reason, offered.reason].filter((part) => part !== "").join("; ") };
    }
    if (asked) throw cannotFit(`target ${target}: ${goesOn}`);
    reason = goesOn ?? "";
  }
  throw new Error("the last lane neither took the job nor refused it");
}

/** The larger machine for a job that ran out of memory, or undefined when it had the largest. */
export function oneSizeUp(current: Route, settings: Settings): Route | undefined {
  const target = lanes[current.target].growsOn;
  // Half as much again, if there is such a size: one GiB more would only die a little later.
  const wanted = current.memoryMiB * 1.5;
  const larger = lanes[target]
    .shapes(settings)
    .filter(({ memoryMiB, vcpu }) => memoryMiB > current.memoryMiB && vcpu >= current.vcpu);
  const shape = larger.find(({ memoryMiB }) => memoryMiB >= wanted) ?? larger.at(-1);
  if (!shape) return undefined;
  return onShape(
    current,
    { target, ...shape },
    `ran out of memory with ${current.memoryMiB} MiB, so one size up`,
  );
}

/**
 * The route of a job that Lambda could not finish, on the lane where it grows; seconds as predicted before. A record
 * holds what the Lambda's engine needs; the task's may hold twice as much, as OpenBLAS's LU does, which turns a copy around.
 */
export function escalated(current: Route, settings: Settings, reason: string): Route | undefined {
  const target = lanes[current.target].growsOn;
  const shapes = lanes[target].shapes(settings).filter(({ vcpu }) => vcpu >= 1);
  const least = Math.max(neededMiB(current.estimate.peakBytes), current.memoryMiB);
  const peakBytes = mostOnTask * current.estimate.peakBytes;
  const needed = Math.max(Math.ceil(peakBytes / MiB) + runtimeMiB, least);
  // A stage without so large a task starts the largest that Lambda's own demand fits: most jobs need no more.
  const shape =
    shapes.find(({ memoryMiB }) => memoryMiB >= needed) ??
    shapes.findLast(({ memoryMiB }) => memoryMiB >= least);
  const grown = { ...current, estimate: { ...current.estimate, peakBytes } };
  return shape && onShape(grown, { target, ...shape }, reason);
}

/** A smaller shape for an account that may not start the current one, if the job fits it. */
export function oneSizeDown(current: Route, settings: Settings): Route | undefined {
  const { target } = current;
  const needed = neededMiB(current.estimate.peakBytes);
  const smaller = lanes[target]
    .shapes(settings)
    .filter(({ memoryMiB, vcpu }) => memoryMiB >= needed && vcpu < current.vcpu);
  const vcpu = Math.max(...smaller.map((shape) => shape.vcpu));
  const nearest = smaller.filter((shape) => shape.vcpu === vcpu);
  // As much memory as it had, if this many vCPUs may have it: it may have grown out of a smaller one.
  const shape = nearest.find(({ memoryMiB }) => memoryMiB >= current.memoryMiB) ?? nearest.at(-1);
  return shape && onShape(current, { target, ...shape }, `${current.vcpu} vCPU is above the account's limit`);
}

function lambdaOffer(plan: Plan, settings: Settings): Offer {
  const { profile } = lanes.lambda;
  const memoryMiB = settings.workMemoryMiB;
  const vcpu = lambdaVcpu(memoryMiB);
  const asked = demand(plan, profile, vcpu);
  const { seconds } = asked;
  const needed = neededMiB(asked.peakBytes);
  if (needed > memoryMiB) return { goesOn: `needs ${needed} MiB, more than the Lambda's ${memoryMiB} MiB` };
  if (seconds > lambdaCeilingSeconds) {
    return { goesOn: `predicted ${rounded(seconds)} s on Lambda, above its ${lambdaCeilingSeconds} s` };
  }
  const usd = jobUsd(plan, [{ target: "lambda", memoryMiB, vcpu, seconds }]);
  const reason = `predicted ${rounded(seconds)} s and ${needed} MiB: fits Lambda, and Fargate would bill at least ${fargate.minimumBilledSeconds} s`;
  const route: Route = {
    target: "lambda",
    reason,
    memoryMiB,
    vcpu: rounded(vcpu),
    estimate: estimate(plan, asked, usd),
  };
  const breakEven = breakEvenSeconds(memoryMiB);
  if (lanes.fargate.absent(settings) || seconds <= breakEven) return { route };
  const goesOn = `predicted ${rounded(seconds)} s on Lambda, where Fargate is cheaper from ${rounded(breakEven)} s on`;
  return { route, goesOn };
}

/** Seconds at which Lambda costs as much as Fargate's minimum bill on the smallest whole-vCPU task. */
function breakEvenSeconds(memoryMiB: number): number {
  const minimumBill = lanes.fargate.usd({ vcpu: 1, memoryMiB: 2048 }, 0);
  return minimumBill / lanes.lambda.usd({ vcpu: 1, memoryMiB }, 1);
}

function fargateOffer(plan: Plan, settings: Settings): Offer {
  const { profile, shapes, usd } = lanes.fargate;
  const priced = shapes(settings)
    .filter(({ vcpu }) => vcpu >= 1)
    .map((shape) => {
      const asked = demand(plan, profile, shape.vcpu);
      return { shape, asked, usd: usd(shape, asked.seconds) };
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
  const jobsUsd = jobUsd(plan, [{ target: "fargate", ...shape, seconds: asked.seconds }]);
  return {
    route: {
      target: "fargate",
      reason: `the cheapest task that fits has ${shape.vcpu} vCPU and ${shape.memoryMiB} MiB`,
      memoryMiB: shape.memoryMiB,
      vcpu: shape.vcpu,
      estimate: estimate(plan, asked, jobsUsd),
    },
  };
}

function onShape(current: Route, machine: Shape & { target: Target }, reason: string): Route {
  const { seconds, usd: before } = current.estimate;
  // Only the machine is another: what the arrays and the job itself cost is in the old estimate.
  const usd =
    before - totalUsd(attemptBill({ ...current, seconds })) + totalUsd(attemptBill({ ...machine, seconds }));
  return {
    target: machine.target,
    reason: `${reason}; now ${machine.vcpu} vCPU and ${machine.memoryMiB} MiB`,
    memoryMiB: machine.memoryMiB,
    vcpu: machine.vcpu,
    estimate: { ...current.estimate, usd },
  };
}

function estimate({ flops }: Plan, { peakBytes, seconds }: Demand, usd: number): Route["estimate"] {
  return { flops, peakBytes, seconds, usd };
}

function cannotFit(detail: string): Problem {
  return new Problem("cannot-fit", detail, { field: "target" });
}

/** Two significant digits are what a prediction is worth. */
export function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
