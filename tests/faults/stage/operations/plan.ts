import { type ArraySpec, byteLength } from "@sluice/contract/array";
import { wasmProfile } from "../../../../compute/engines/wasm/profile.ts";
import { stepSeconds } from "../../../../compute/model/demand.ts";
import type { PlanStep } from "../../../../compute/model/steps.ts";

/** Steps of equal weight that together are predicted to take `seconds` on one vCPU, and hold only `array`. */
export function stepsTaking(seconds: number, count: number, array: ArraySpec): PlanStep[] {
  const unit = { kernel: "matmul", size: 1024, flops: 1, bytes: 0, live: byteLength(array) } as const;
  const flops = Math.round(seconds / count / stepSeconds(unit, wasmProfile));
  return Array.from({ length: count }, () => ({ ...unit, flops }));
}
