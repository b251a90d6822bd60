import type { Target } from "@sluice/contract/job";
import { fargateLane } from "./fargate.ts";
import { lambdaLane } from "./lambda.ts";
import type { Lane } from "./lane.ts";

/** Every lane there is. The names are the contract's: one more there does not compile until it has an entry here. */
export const lanes: Readonly<Record<Target, Lane>> = {
  lambda: lambdaLane,
  fargate: fargateLane,
};
