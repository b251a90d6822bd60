import { profiles } from "@sluice/compute/engines/profiles";
import { added, invocationBill, messageBill } from "../cost/bill-items.ts";
import { lambdaVcpu } from "../cost/machines.ts";
import { prices } from "../cost/prices.ts";
import { timing } from "../timing.ts";
import type { Lane } from "./lane.ts";

/** Small jobs, in the function that receives their message: no start to wait for, billed by the millisecond. */
export const lambdaLane: Lane = {
  profile: profiles.wasm,
  // The function has one size.
  shapes: ({ workMemoryMiB }) => [{ memoryMiB: workMemoryMiB, vcpu: lambdaVcpu(workMemoryMiB) }],
  absent: () => undefined,
  growsOn: "fargate",

  launch: "inline",
  stop: "by-itself",
  end: "lease",
  lease: timing.lambdaLease,
  // A thread of its own would cost 30 ms, which is more than most of these jobs take.
  mayBlock: true,
  wentQuiet: "the Lambda function went quiet: most likely it was killed, out of time or memory",

  vcpu: ({ memoryMiB }) => lambdaVcpu(memoryMiB),
  usd: ({ memoryMiB }, seconds) => seconds * (memoryMiB / 1024) * prices.lambdaGiBSecond.usd,
  callsAround: added(messageBill, invocationBill("run", "work")),
  usdMetric: "LambdaUsd",
};
