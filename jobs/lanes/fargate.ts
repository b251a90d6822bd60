import { profiles } from "@sluice/compute/engines/profiles";
import { added, callsBill, invocationBill, logBill, messageBill } from "../cost/bill-items.ts";
import { counted, loggedBytes } from "../cost/calls-per-job.ts";
import { fargate, fargateShapes, fargateUsdPerSecond } from "../cost/machines.ts";
import { timing } from "../timing.ts";
import type { Lane } from "./lane.ts";

/** Large jobs, each in an ECS task of the size it needs: up to 16 vCPU and 120 GiB, a minute to start. */
export const fargateLane: Lane = {
  // The image has OpenBLAS. A local task without it runs on wasm, in no more memory but longer.
  profile: profiles.native,
  shapes: ({ maxTaskVcpu }) => fargateShapes.filter(({ vcpu }) => vcpu <= maxTaskVcpu),
  absent: ({ fargate: deployed }) =>
    deployed
      ? undefined
      : { code: "fargate-not-deployed", detail: "this stage was deployed without Fargate" },
  growsOn: "fargate",

  launch: "run-task",
  stop: "stop-task",
  end: "ecs",
  lease: timing.lease,
  // A task has paid for its first minute anyway: a thread of its own costs nothing, and can be stopped.
  mayBlock: false,
  wentQuiet: "its task went quiet",

  vcpu: ({ vcpu }) => vcpu,
  usd: (shape, seconds) =>
    Math.max(fargate.minimumBilledSeconds, fargate.startSeconds + seconds) * fargateUsdPerSecond(shape),
  callsAround: added(
    messageBill,
    invocationBill("launch", "work"),
    callsBill(counted.run),
    logBill(loggedBytes.run),
    invocationBill("settle", "http"),
  ),
  usdMetric: "FargateUsd",
};
